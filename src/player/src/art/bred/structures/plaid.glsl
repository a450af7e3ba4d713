// A tartan, woven thread by thread.
vec2 yarn(float u, float s) {
  float m = abs(fract(u) - 0.5) * 2.0;
  float cut = 0.0, last = 0.0, tone_ = 0.0, hue_ = 0.0;
  for (int i = 0; i < 7; i++) {
    vec4 h = hash(vec2(float(i), s));
    float wide = h.x * h.x * 0.34 + 0.012;
    float in_ = m >= cut && m < cut + wide ? 1.0 : 0.0;
    tone_ = mix(tone_, floor(h.y * 4.0) / 3.0 * 1.7 - 0.85, in_);
    hue_ = mix(hue_, (h.z - 0.5) * 2.6, in_);
    cut += wide;
  }
  vec4 h = hash(vec2(9.0, s));
  float rest = m >= cut ? 1.0 : 0.0;
  return vec2(mix(tone_, floor(h.y * 4.0) / 3.0 * 1.6 - 0.8, rest), mix(hue_, (h.z - 0.5) * 2.6, rest));
}
void structure(vec2 p) {
  vec2 q = p + vec2(noise(p * 0.8), noise(p * 0.8 + 7.0)) * 0.02 * shape(0);
  vec2 a = yarn(q.x, 5.0), b = yarn(q.y, shape(1) < 0.5 ? 5.0 : 8.0);
  float f = shape(2);
  vec2 u = q * f;
  float twill = fract((floor(u.x) + floor(u.y)) * 0.25);
  float fine = clamp(1.5 - f * px * 2.0, 0.0, 1.0);
  float over_ = twill < 0.49 ? 1.0 : 0.0;
  vec2 g = fract(u) - 0.5;
  float round_ = over_ > 0.5 ? 1.0 - g.x * g.x * 3.4 : 1.0 - g.y * g.y * 3.4;
  float w = mix(0.5, over_, fine);
  float fluff = noise(u * vec2(0.7, 3.0)) * 0.06 + noise(u * vec2(3.0, 0.7)) * 0.06;
  tone = mix(b.x, a.x, w) * 0.85 + (round_ - 0.75) * 0.3 * fine + fluff;
  tint = mix(b.y, a.y, w);
  float fold = wave(p.x * 0.35 + p.y * 0.22 + noise(p * 0.5) * 0.5);
  height = fold * 0.35 * shape(0) + round_ * 0.03 * fine;
  shade = clamp(-fold, 0.0, 1.0) * 0.4 * shape(0);
  glow = abs(a.x) > 0.8 && a.y > 0.7 ? w * 0.8 : 0.0;
}
