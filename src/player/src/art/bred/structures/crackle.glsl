// Glaze that has cracked, fine cracks within coarse ones.
float crack(vec2 p, float s) {
  vec2 c = floor(p);
  float near = 9.0;
  vec2 to = vec2(0.0), id = c;
  for (int i = 0; i < 9; i++) {
    vec2 g = c + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
    vec2 d = g + hash(g + s).xy - p;
    if (dot(d, d) < near) { near = dot(d, d); to = d; id = g; }
  }
  float border = 9.0;
  for (int i = 0; i < 9; i++) {
    vec2 g = id + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
    vec2 d = g + hash(g + s).xy - p;
    vec2 e = d - to;
    float l = dot(e, e);
    border = l > 0.0001 ? min(border, dot(d + to, e) * 0.5 / sqrt(l)) : border;
  }
  return border;
}
void structure(vec2 p) {
  vec2 q = p + vec2(noise(p * 2.0), noise(p * 2.0 + 9.0)) * 0.12 + vec2(noise(p * 9.0), noise(p * 9.0 + 5.0)) * 0.02;
  float a = crack(q, 0.0), b = crack(q * 2.7, 50.0) / 2.7, c = crack(q * 7.0, 90.0) / 7.0;
  float field = fbm(p * 0.5), pool = fbm(p * 0.35 + 20.0);
  float gold = inside(shape(0) * (0.6 + field) - a);
  float mid = line(b, 0.006) * over(a - 0.04, 0.1) * 0.9, fine = line(c, 0.003) * 0.6;
  float glaze = pool * 1.5 + field * 0.5 + noise(p * 30.0) * 0.03;
  tone = glaze * 0.8 + 0.05 + exp(-a * 7.0) * -0.25;
  tone = mix(tone, tone - 0.45, fine);
  tone = mix(tone, -0.85, mid);
  tone = mix(tone, 0.5 + noise(p * 22.0) * 0.2, gold);
  tint = pool * 2.4 + field;
  glow = gold * 0.95;
  height = gold * 0.25 + clamp(a * 1.5, 0.0, 0.3) + clamp(b * 4.0, 0.0, 0.1);
  shade = (1.0 - gold) * (exp(-max(a - shape(0), 0.0) * 40.0) * 0.4 + mid * 0.3);
}
