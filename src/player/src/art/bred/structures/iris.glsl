// An eye: fibres, a ring, a pupil.
void structure(vec2 p) {
  vec2 c = p - vec2(shape(0), shape(1)) * 0.25;
  float r = length(c), t = angle(c);
  float pupil = shape(2) * (1.0 - 0.1 * loudness);
  float out_ = (r - pupil) / (1.05 - pupil);
  vec2 u = vec2(wave(t), wave(t + 0.25));
  float sway = noise(u * 3.0 + r * 1.2) * 0.03 + noise(u * 9.0 + r * 2.0) * 0.012;
  float a = t + sway * (0.3 + out_);
  float fine = 0.0, f = 34.0, amp = 0.5;
  for (int i = 0; i < 5; i++) {
    vec2 w = vec2(wave(a), wave(a + 0.25)) * f / 6.28;
    fine += noise(vec2(w.x + r * 1.3 * (float(i) + 1.0), w.y) + float(i) * 17.0) * amp;
    f *= 2.1;
    amp *= 0.72;
  }
  float collar = bell((out_ - shape(3) - noise(u * 4.0) * 0.06) * 5.0);
  float crypt = over(noise(u * 5.0 + vec2(out_ * 1.5, 4.0)) - 0.25, 0.3) * bell((out_ - 0.5) * 2.4);
  float limb = over(out_ - 0.86 + noise(u * 7.0) * 0.03, 0.16);
  float white = inside(r - 1.07);
  float rings = wave(out_ * 4.0 + noise(u * 2.0) * 0.3) * 0.07;
  tone = -0.1 + fine * 0.8 + collar * 0.35 - crypt * 0.4 + rings + (out_ - 0.5) * 0.25 - limb * 0.9;
  tint = (0.5 - out_) * 1.9 + collar * 0.8 + fine * 0.3;
  glow = clamp(collar * (0.35 + fine * 0.6), 0.0, 0.85) * (1.0 - limb);
  shade = crypt * 0.4 + over(pupil + 0.05 - r, 0.1) * 0.5;
  height = fine * 0.22;
  float skin = -0.55 + fbm(c * 2.0) * 0.35 + noise(c * 24.0) * 0.1 + 0.25 * wave(r * 6.0 + fbm(c * 1.5) * 0.8) * 0.35;
  tone = mix(tone, skin, white);
  glow *= 1.0 - white;
  float hole = inside(pupil + noise(u * 6.0) * 0.006 - r);
  tone = mix(tone, -1.3, hole);
  glow *= 1.0 - hole;
  vec2 s = c - net[12].xy * pupil * 0.95;
  float shine = over(pupil * 0.3 - length(s * vec2(1.0, 1.25)), 0.03) + 0.5 * over(pupil * 0.1 - length(s + net[12].xy * pupil * 1.2), 0.02);
  tone = mix(tone, 0.95, clamp(shine, 0.0, 1.0));
}
