// Dunes, their sharp ridges and their ripples.
void structure(vec2 p) {
  vec2 sun = vec2(shape(0), 0.5 + 0.3 * shape(1));
  float away = length(p - sun);
  tone = 0.35 + bell(away) * 0.45 - (p.y - 0.3) * 0.4;
  tint = p.y * 0.5;
  glow = inside(0.1 + 0.06 * shape(2) - away) * 0.9;
  for (int i = 0; i < 5; i++) {
    float near = float(i) / 4.0;
    float f = mix(1.3, 0.5, near);
    float x = p.x * f + float(i) * 17.3 + time * 0.001;
    float crest = mix(0.32, -0.75, near) + noise(vec2(x, 2.0)) * mix(0.14, 0.3, near) + noise(vec2(x * 2.3, 5.0)) * 0.06;
    float d = crest - p.y;
    float body = inside(d);
    // A ridge that runs down the dune parts its light from its dark side.
    float ridge = p.x + noise(vec2(d * 1.7, float(i) * 3.0)) * 0.5 + (noise(vec2(x * 0.7, 8.0 + float(i)))) * 1.2 - d * (shape(3) - 0.5) * 1.5;
    float side = noise(vec2(ridge * 1.3 + float(i) * 5.0, 1.0));
    float lamp = clamp(side * 9.0 + 0.5, 0.0, 1.0);
    float ripple = wave((d + noise(p * vec2(3.0, 5.0) + float(i)) * 0.09) * mix(95.0, 38.0, near)) * clamp(1.4 - px * mix(190.0, 76.0, near), 0.0, 1.0);
    float t = mix(-0.5, 0.5, lamp) - near * 0.18 + ripple * 0.07 * (0.4 + near) + noise(p * 55.0) * 0.035 + exp(-d * 9.0) * 0.2 - d * 0.12;
    tone = mix(tone, t, body);
    tint = mix(tint, (0.5 - lamp) * 0.9 + near * 0.3, body);
    glow = mix(glow, bell(d * 34.0) * lamp * 0.5, body);
    height = mix(height, ripple * 0.03, body);
  }
}
