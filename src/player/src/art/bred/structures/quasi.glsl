// Waves in five, seven or nine directions: order that never repeats.
void structure(vec2 p) {
  float n = floor(shape(0)) * 2.0 + 3.0;
  float sum = 0.0, dx = 0.0, dy = 0.0;
  for (int i = 0; i < 11; i++) {
    if (float(i) < n) {
      float t = float(i) / n * 0.5;
      vec2 way = vec2(wave(t + 0.25), wave(t));
      float u = dot(p, way) + shape(1) + time * 0.004 * (i % 2 == 0 ? 1.0 : -1.0);
      sum += wave(u + 0.25);
      dx -= wave(u) * way.x;
      dy -= wave(u) * way.y;
    }
  }
  float level = sum / sqrt(n) * shape(2);
  float slope = (length(vec2(dx, dy)) * 6.2831853 / sqrt(n) + 0.5) * shape(2);
  float step_ = floor(level);
  float near = abs(fract(level + 0.5) - 0.5) / slope;
  vec4 h = hash(vec2(step_, 31.0));
  float ink = line(near, 0.012);
  float in_ = level - step_;
  tone = (h.x - 0.5) * 1.2 + step_ * 0.2 + (in_ - 0.5) * 0.35 + noise(p * 5.0) * 0.06;
  tone = mix(tone, shape(3) < 0.5 ? -0.95 : 0.9, ink);
  tint = (h.y - 0.5) * 2.0 + step_ * 0.3;
  height = step_ * 0.3 + clamp(near * 9.0, 0.0, 0.4);
  glow = h.z > 0.75 ? (1.0 - ink) * 0.75 : 0.0;
  shade = exp(-in_ / slope * 16.0) * 0.35;
}
