// A galaxy: arms, dust and a core.
void structure(vec2 p) {
  vec2 q = turned(p, shape(0)) * vec2(1.0, 1.0 + 1.2 * shape(1));
  float r = length(q), t = angle(q);
  float arms = floor(shape(2));
  float l = log2(max(r, 0.01));
  float twist = t * arms + l * shape(3) - time * 0.01;
  vec2 flow = turned(q, l * shape(3) / arms);
  float dust = fbm(flow * 2.6 + 7.0), fine = fbm(flow * 8.0 + 3.0);
  float arm = 0.5 + 0.5 * wave(twist + dust * 0.35);
  float lane = bell((wave(twist + 0.16 + dust * 0.3) - 0.7) * 2.5);
  float fall = exp(-r * 1.9);
  float core = exp(-r * r * 26.0);
  float light = fall * (arm * arm * 1.5 + 0.25) * (1.0 + dust * 0.9 + fine * 0.7) + core * 1.3;
  vec4 s = hash(floor(p * 42.0)), s2 = hash(floor(p * 110.0)), s3 = hash(floor(p * 17.0));
  float stars = bell(length(fract(p * 42.0) - 0.25 - 0.5 * s.xy) * 11.0) * (s.z > 0.72 ? s.w : 0.0)
    + bell(length(fract(p * 110.0) - 0.5) * 5.0) * (s2.x > 1.02 - 0.3 * arm * fall - 0.06 ? 0.6 : 0.0)
    + bell(length(fract(p * 17.0) - 0.3 - 0.4 * s3.xy) * 17.0) * (s3.z > 0.9 ? 1.2 : 0.0);
  tone = -0.95 + light * 1.35 - lane * fall * 0.5 + stars * 1.3 + clamp(fbm(p * 0.9), 0.0, 1.0) * 0.2;
  tint = (0.45 - r) * 1.3 + dust * 0.9 - arm * 0.4;
  glow = clamp(arm * bell((dust - 0.25) * 6.0) * fall * 1.1, 0.0, 0.8) * (1.0 - core);
  shade = lane * fall * 0.5;
}
