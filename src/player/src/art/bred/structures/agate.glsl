// A cut agate: bands that follow its wall, crystals in its heart.
void structure(vec2 p) {
  vec2 w = vec2(fbm(p * 0.9 + 3.0), fbm(p * 0.9 + 47.0));
  vec2 q = p + w * shape(0);
  float d = length(q * vec2(1.0, shape(1))) + noise(p * 3.0) * 0.05 - loudness * 0.02;
  float wide = noise(vec2(d * 4.0, 3.0)) * 0.5 + noise(vec2(d * 11.0, 9.0)) * 0.3 + noise(vec2(d * 29.0, 1.0)) * 0.22;
  float fine = 0.0, f = 55.0;
  for (int i = 0; i < 4; i++) {
    fine += noise(vec2(d * f, 20.0 + float(i))) * clamp(1.4 - f * px * 2.0, 0.0, 1.0) * 0.22;
    f *= 2.1;
  }
  float heart = over(shape(2) - d, 0.03);
  vec2 c = floor(p * 26.0 + w * 9.0);
  vec4 h = hash(c);
  float spark = (h.x - 0.4) * 0.9 + noise(p * 60.0) * 0.25;
  float wall = line(d - shape(2), 0.02);
  float rock = over(d - shape(3), 0.04);
  tone = wide * 1.15 + fine * 0.7 + 0.05;
  tone = mix(tone, spark * 0.8, heart);
  tone = mix(tone, -0.6 + fbm(p * 7.0) * 0.5, rock);
  tone = mix(tone, 0.8, wall * 0.8);
  tint = wide * 1.4 + w.x * 0.8 + heart * 0.6;
  height = fine * 0.2 + heart * h.y * 0.5 + rock * fbm(p * 9.0) * 0.4;
  glow = bell((wide - 0.32) * 14.0) * 0.7 * (1.0 - rock) + heart * (h.z > 0.93 ? 0.8 : 0.0);
  shade = heart * (1.0 - h.w) * 0.3 + rock * 0.4;
}
