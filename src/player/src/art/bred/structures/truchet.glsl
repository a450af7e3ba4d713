// Quarter arcs in tiles that are turned at random: paths without end.
void structure(vec2 p) {
  vec2 c = floor(p), g = p - c;
  vec4 h = hash(c);
  g.x = h.x < 0.5 ? 1.0 - g.x : g.x;
  float a = length(g), b = length(g - 1.0);
  float d = min(a, b) - 0.5;
  float w = shape(0);
  float body = inside(w - abs(d));
  float round_ = sqrt(max(1.0 - d * d / (w * w), 0.0));
  float field = noise(p * 0.31 + 5.0);
  float stripes = wave(d * shape(1) / w + 0.25 + time * 0.03);
  tone = mix(-0.62 + 0.3 * field + 0.08 * wave((abs(d) - w) * shape(1) * 2.0), 0.25 + 0.55 * stripes * shape(2) + field * 0.35, body);
  tint = field * 1.4 + (body - 0.5) * shape(3);
  height = body * round_ * 0.5;
  shade = (1.0 - body) * exp((w - abs(d)) * 12.0);
  glow = line(d, w * 0.14) * (field > 0.1 ? 0.9 : 0.0);
}
