// Line above line, that rise in the middle: the signal of a pulsar.
void structure(vec2 p) {
  float n = floor(shape(0));
  float body = 0.0, ink = 0.0, fill = 0.0, lift = 0.0;
  tone = -0.9 + noise(p * 1.1) * 0.1;
  for (int i = 0; i < 44; i++) {
    if (float(i) < n) {
      float k = float(i) / n;
      float base = 0.62 - 1.5 * k;
      float swell = bell((p.x - (hash(vec2(float(i), 36.0)).x - 0.5) * 0.2) * shape(1)) + 0.03;
      float x = p.x * 3.2 + time * 0.02 * (1.0 + 0.3 * hash(vec2(float(i), 37.0)).x);
      float peaks = noise(vec2(x, float(i) * 1.7)) * 0.5 + 0.5;
      peaks = peaks * peaks * 0.75 + (noise(vec2(x * 3.1, float(i) * 5.0)) * 0.5 + 0.5) * 0.25 + noise(vec2(x * 9.0, float(i) * 7.0)) * 0.04;
      float y = base + swell * peaks * shape(2) * (1.0 + 0.25 * loudness);
      float d = p.y - y;
      float below = inside(-d) * step(abs(p.x), shape(3));
      float line_ = line(d * 0.6, 0.0042) * over(shape(3) - abs(p.x), 0.02);
      float depth = exp(d * 6.0);
      tone = mix(tone, -0.93 + k * shape(4) * 0.9 + swell * 0.15 + depth * 0.25, below);
      tint = mix(tint, k * 2.0 - 1.0, below);
      glow *= 1.0 - below;
      tone = mix(tone, 0.9, line_);
      glow = mix(glow, clamp(swell * peaks * 1.6 - 0.15, 0.0, 0.9), line_);
    }
  }
}
