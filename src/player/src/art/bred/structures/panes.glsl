// Lines that part the picture again and again, and plain panes between.
void structure(vec2 p) {
  vec2 low = vec2(-2.2, -2.2), high = vec2(2.2, 2.2);
  float id = 1.0, near = 9.0;
  for (int i = 0; i < 8; i++) {
    vec4 h = hash(vec2(id, 28.0 + float(i)));
    vec2 size_ = high - low;
    float tall = size_.y > size_.x * (0.7 + 0.6 * h.y) ? 1.0 : 0.0;
    float extentNow = tall > 0.5 ? size_.y : size_.x;
    float stops = extentNow < shape(0) * (0.5 + h.z) ? 1.0 : 0.0;
    float at = mix(tall > 0.5 ? low.y : low.x, tall > 0.5 ? high.y : high.x, 0.28 + 0.44 * h.x);
    float q = (tall > 0.5 ? p.y : p.x) - at;
    if (stops < 0.5) {
      near = min(near, abs(q));
      id = mod(id * 2.0 + (q > 0.0 ? 1.0 : 0.0) + h.w * 0.0, 65536.0);
      if (tall > 0.5) {
        if (q > 0.0) low.y = at;
        if (q <= 0.0) high.y = at;
      }
      if (tall < 0.5) {
        if (q > 0.0) low.x = at;
        if (q <= 0.0) high.x = at;
      }
    }
  }
  vec4 h = hash(vec2(id, 90.0)), k = hash(vec2(id, 91.0));
  vec2 m = (p - low) / (high - low);
  float bar = inside(shape(1) - near);
  float plain = floor(h.x * 6.0);
  float base = plain < 1.0 ? -0.85 : plain < 2.0 ? -0.35 : plain < 3.0 ? 0.15 : 0.75;
  float strokes = noise(vec2(p.x * 3.0, p.y * 60.0)) * 0.07 + noise(vec2(p.x * 60.0, p.y * 3.0)) * 0.05 + noise(p * 2.5) * 0.06;
  float inner = k.x > 0.72 ? inside(min(min(m.x, m.y), min(1.0 - m.x, 1.0 - m.y)) - 0.2) : 0.0;
  float grade = k.y > 0.6 ? (m.x - 0.5) * 0.5 : k.y > 0.3 ? (m.y - 0.5) * 0.5 : 0.0;
  tone = mix(base + grade, base > 0.0 ? base - 0.9 : base + 0.9, inner) + strokes;
  tone = mix(tone, -0.97, bar);
  tint = (h.y - 0.5) * 2.6;
  glow = h.z > 0.8 ? (1.0 - bar) * (1.0 - inner) * 0.95 : 0.0;
  height = bar * -0.1 + strokes * 0.2;
  shade = exp(-max(near - shape(1), 0.0) * 60.0) * 0.2 * (1.0 - bar);
}
