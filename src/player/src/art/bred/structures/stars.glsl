// Straps in four or six directions that make stars, as on tiled walls.
void structure(vec2 p) {
  float n = floor(shape(0));
  float strap = 9.0, count = 0.0, second = 9.0, which = 0.0;
  for (int i = 0; i < 6; i++) {
    if (float(i) < n) {
      vec2 way = vec2(wave(0.25 + 0.5 * float(i) / n), wave(0.5 * float(i) / n));
      float period = fract(float(i) * 0.5) > 0.25 && n < 5.0 ? 1.41421356 : 1.0;
      float u = dot(p, way) * period;
      float d = (abs(fract(u) - 0.5) - shape(1)) / period;
      count += d > 0.0 ? 1.0 : 0.0;
      second = min(second, max(strap, abs(d)));
      which = abs(d) < strap ? float(i) : which;
      strap = min(strap, abs(d));
    }
  }
  float w = shape(2);
  float body = inside(w - strap);
  float core = line(strap - w * 0.55, w * 0.09);
  float level = count / n;
  vec4 h = hash(vec2(count * 7.0 + 2.0, n));
  vec4 tile = hash(floor(p) + vec2(count * 3.0, 0.0));
  tone = mix((h.x - 0.5) * 1.5 + (tile.x - 0.5) * 0.22 + clamp(strap - w, 0.0, 0.2) * 1.2 - 0.15, 0.62, body);
  tone = mix(tone, -0.75, core + line(strap - w, w * 0.09));
  tint = (h.y - 0.5) * 2.4 * (1.0 - body);
  height = body * 0.5 + (1.0 - body) * min(strap - w, 0.06) * 3.0;
  shade = (1.0 - body) * exp((w - strap) * 24.0) * 0.8;
  glow = level > 0.9 ? (1.0 - body) * 0.75 : 0.0;
}
