// Strands that go over and under each other, or turn away from each other: a Celtic knot.
void structure(vec2 p) {
  vec2 c = floor(p), g = p - c - 0.5;
  vec4 h = hash(floor(c * 0.5) + vec2(3.0, 8.0));
  float parity = fract((c.x + c.y) * 0.5) > 0.25 ? 1.0 : 0.0;
  float w = shape(0);
  float turns_ = h.x < shape(1) ? 1.0 : 0.0;
  vec2 s = parity > 0.5 ? g.yx : g;
  // Two arcs about opposite corners, or two straight strands.
  vec2 m = h.y < 0.5 ? vec2(s.x, s.y) : vec2(-s.x, s.y);
  float arc = min(length(m - 0.5), length(m + 0.5)) - 0.5;
  float upper = turns_ > 0.5 ? arc : s.y;
  float lower = turns_ > 0.5 ? 9.0 : s.x;
  float top = inside(w - abs(upper));
  float under = inside(w - abs(lower)) * (1.0 - top);
  float dive = clamp((abs(s.y) - w) * 2.6, 0.0, 1.0);
  float lines = max(line(abs(upper) - w * 0.86, w * 0.1), line(upper, w * 0.12) * step(0.5, shape(2)));
  float linesUnder = max(line(abs(lower) - w * 0.86, w * 0.1), line(lower, w * 0.12) * step(0.5, shape(2)));
  float field = noise(p * 0.23);
  float ground = -0.75 + 0.12 * noise(p * 9.0);
  float round_ = sqrt(max(1.0 - upper * upper / (w * w), 0.0));
  float roundUnder = sqrt(max(1.0 - lower * lower / (w * w), 0.0));
  tone = mix(ground, 0.2 + field * 0.5 + roundUnder * 0.25 - (1.0 - dive) * 0.5, under);
  tone = mix(tone, 0.25 + field * 0.5 + round_ * 0.25, top);
  tone = mix(tone, -0.85, lines * top + linesUnder * under);
  tint = field * 1.5 + (top - under) * 0.3;
  height = top * round_ * 0.5 + under * roundUnder * 0.4 * dive;
  shade = (1.0 - top) * exp(-max(abs(upper) - w, 0.0) * 16.0) * 0.9;
  glow = (1.0 - top) * (1.0 - under) * bell(length(fract(p) - vec2(0.0)) * 9.0) * 0.6;
}
