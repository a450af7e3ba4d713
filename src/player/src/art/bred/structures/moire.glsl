// Fine lines over fine lines: figures that are in neither.
float rings(vec2 p, float f) { return wave(length(p) * f) * clamp(1.2 - f * px * 1.6, 0.0, 1.0); }
void structure(vec2 p) {
  float f = shape(0);
  vec2 a = vec2(shape(1), 0.0) * (1.0 + 0.15 * wave(time * 0.02));
  vec2 b = turned(a, 0.33), c = turned(a, 0.67);
  float u = rings(p - a, f), v = rings(p - b, f * (1.0 + 0.03 * shape(2))), w = rings(p - c, f);
  float lines = shape(3) < 0.5 ? u * v : clamp(u * 2.0, -1.0, 1.0) * clamp(v * 2.0, -1.0, 1.0) * w;
  float broad = wave((length(p - a) - length(p - b)) * f) ;
  float broad2 = wave((length(p - b) - length(p - c)) * f);
  tone = lines * 0.6 + broad * 0.28 + broad2 * 0.12;
  tint = broad * 0.9 + broad2 * 0.7;
  height = u * 0.02;
  glow = bell((broad + broad2 - 1.7) * 3.0) * 0.8;
}
