// Seeds where two families of spirals cross, in numbers of Fibonacci's.
void structure(vec2 p) {
  float r = max(length(p), 0.012), t = angle(p) + time * 0.002;
  float a = shape(0) < 0.34 ? 8.0 : shape(0) < 0.67 ? 13.0 : 21.0;
  float b = shape(0) < 0.34 ? 13.0 : shape(0) < 0.67 ? 21.0 : 34.0;
  float l = log2(r) * 0.6931472;
  float k = a * b / (a * a + b * b);
  vec2 u = vec2(t * a + l * b * 0.159154943, t * b - l * a * 0.159154943);
  float size_ = r * 6.2831853 / sqrt(a * a + b * b);
  vec2 c = floor(u), g = u - c - 0.5;
  px /= size_;
  vec4 h = hash(vec2(mod(c.x, a * 7.0), mod(c.y, b * 5.0)));
  float diamond = max(abs(g.x), abs(g.y));
  float round_ = length(g);
  float d = mix(diamond, round_, shape(1));
  float seed = inside(0.45 - d);
  float dome = sqrt(max(1.0 - d * d * 4.4, 0.0));
  float out_ = clamp(r * 0.9, 0.0, 1.0);
  tone = mix(-0.9, -0.35 + out_ * shape(2) + dome * 0.5 + (h.x - 0.5) * 0.25 + line(g.x - g.y, 0.05) * 0.2, seed);
  tint = (out_ - 0.5) * 1.8 + (h.y - 0.5) * 0.4;
  height = seed * dome * 0.5;
  shade = (1.0 - seed) * 0.6 + (1.0 - dome) * 0.3;
  glow = seed * bell((d - 0.1) * 6.0) * over(shape(3) - r, 0.25) * 0.85;
}
