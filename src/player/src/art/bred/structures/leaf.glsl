// Leaves over leaves, with their veins.
void structure(vec2 p) {
  tone = -0.8;
  vec2 c = floor(p);
  for (int layer = 0; layer < 2; layer++) {
    vec2 u = p * (layer == 0 ? 1.3 : 1.0) + float(layer) * 0.5;
    vec2 b = floor(u);
    for (int i = 0; i < 9; i++) {
      vec2 g = b + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
      vec4 h = hash(g + vec2(0.0, float(layer) * 60.0)), k = hash(g + vec2(33.0, float(layer) * 60.0));
      vec2 q = turned(u - g - 0.5 - (h.xy - 0.5) * 0.7, h.z + wave(time * 0.02 + h.w) * 0.006);
      float s = 0.62 + 0.3 * k.x;
      q /= s;
      float x = clamp(q.x * 0.5 + 0.5, 0.0, 1.0);
      float wide = shape(0) * pow(max(x * (1.0 - x) * 4.0, 0.0001), 0.65) * (1.15 - 0.45 * x);
      float side = abs(q.y + 0.05 * wave(q.x * 0.4));
      float teeth = shape(1) * 0.025 * saw(q.x * 12.0);
      float d = (wide - teeth - side) * s;
      float cover = inside(d);
      float vein = abs(fract(q.x * 5.5 - side * 3.4) - 0.5) / 6.5;
      float rib = line(side * s, 0.012 * (1.2 - x));
      float veins = max(rib, line(vein * s, 0.006) * 0.8);
      float cell = noise(q * 42.0) * 0.07;
      float half_ = q.y > -0.05 * wave(q.x * 0.4) ? 0.14 : -0.14;
      float t = (k.y - 0.5) * 0.9 + 0.15 + half_ + cell - side * 0.3 + (float(layer) - 0.5) * 0.5 + wave(vein * 6.5) * 0.05;
      tone = mix(tone, mix(t, t + 0.5, veins), cover);
      tint = mix(tint, (k.z - 0.5) * 2.2 + side, cover);
      height = mix(height, min(vein * 5.0, 0.3) + side * 0.4 * half_, cover);
      glow = mix(glow, k.w > 0.85 ? 0.7 : 0.0, cover);
      shade = mix(max(shade * 1.0, exp(min(d, 0.0) * 18.0) * 0.8), (1.0 - clamp(d * 9.0, 0.0, 1.0)) * 0.25, cover);
    }
  }
}
