// A planet between light and dark, with its bands, its moon, perhaps a ring.
void structure(vec2 p) {
  vec4 s = hash(floor(p * 24.0)), s2 = hash(floor(p * 61.0 + 9.0));
  float stars = bell(length(fract(p * 24.0) - 0.2 - 0.6 * s.xy) * 15.0) * (s.z > 0.8 ? s.w : 0.0)
    + bell(length(fract(p * 61.0 + 9.0) - 0.5) * 6.0) * (s2.z > 0.93 ? 0.6 * s2.w : 0.0);
  float haze = fbm(p * 0.8 + 20.0);
  tone = -0.95 + clamp(haze + 0.1, 0.0, 1.0) * 0.5 + stars * 1.7;
  tint = haze * 1.5;
  vec2 light = net[12].xy;
  vec2 c = p - vec2(shape(0), shape(1));
  float R = shape(2);
  float r = length(c);
  float z = sqrt(max(R * R - r * r, 0.0)) / R;
  vec3 n = vec3(c / R, z);
  vec2 t = turned(n.xy, shape(3));
  float spin = time * 0.004;
  float turbulence = fbm(vec2(t.x * 1.7 + spin, t.y * 5.0) + 3.0);
  float rocky = fbm(vec2(t.x, t.y) * 2.2 / (0.45 + z) + vec2(spin, 5.0));
  float banded = noise(vec2(t.y * 7.0 + turbulence * 0.9, 3.0)) * 0.6 + noise(vec2(t.y * 21.0 + turbulence * 2.5, 9.0)) * 0.3 + turbulence * 0.3;
  float land = shape(4) > 0.5 ? banded : clamp(rocky * 5.0, -0.7, 0.7) + rocky * 0.5;
  float lamp = clamp(dot(n, normalize(vec3(light, 0.35))) * 1.15 + 0.05, 0.0, 1.0);
  float body = inside(R - r);
  float air = exp(-abs(r - R) * 16.0) * clamp(dot(c, light) / max(r, 0.01) + 0.35, 0.0, 1.0);
  tone = mix(tone + air * 0.8 * (1.0 - body), -1.0 + lamp * (1.35 + land * 0.75) + air * 0.35, body);
  tint = mix(tint, land * 1.7 + 0.3, body);
  glow = mix(air * 0.4, bell((land - 0.45) * 5.0) * 0.6 * lamp, body);
  vec2 ring = turned(c, shape(3)) * vec2(1.0, 3.6);
  float q = length(ring);
  float front = body > 0.5 && ring.y > 0.0 ? 0.0 : 1.0;
  float gaps = 0.55 + 0.45 * noise(vec2(q / R * 26.0, 70.0));
  float disc = over(q - R * 1.35, 0.02) * over(R * 2.15 - q, 0.02) * gaps * front * step(0.45, shape(5));
  float dark = clamp(1.0 - bell(dot(c, vec2(-light.y, light.x)) / R * 1.1) * step(dot(c, light), 0.0), 0.15, 1.0);
  tone = mix(tone, -0.5 + gaps * 0.95 * dark, disc * 0.85);
  vec2 m = p - vec2(shape(0), shape(1)) - turned(light, 0.12) * R * 1.6;
  float mr = R * 0.15, ml = length(m);
  float moon = inside(mr - ml);
  tone = mix(tone, -0.9 + 1.5 * clamp(dot(m / mr, light) * 0.8 + 0.25, 0.0, 1.0) + noise(m * 30.0) * 0.15, moon);
}
