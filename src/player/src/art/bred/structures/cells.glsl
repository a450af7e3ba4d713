// Voronoi cells with walls of even width.
void structure(vec2 p) {
  vec2 c = floor(p);
  float near = 9.0;
  vec2 to = vec2(0.0), id = vec2(0.0);
  for (int i = 0; i < 9; i++) {
    vec2 g = c + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
    vec2 d = g + 0.5 + (hash(g).xy - 0.5) * shape(0) + vec2(wave(time * 0.03 + hash(g).z), wave(time * 0.027 + hash(g).w)) * 0.06 * clamp(time, 0.0, 1.0) - p;
    if (dot(d, d) < near) { near = dot(d, d); to = d; id = g; }
  }
  float border = 9.0;
  for (int i = 0; i < 25; i++) {
    vec2 g = id + vec2(float(i % 5) - 2.0, float(i / 5) - 2.0);
    vec2 d = g + 0.5 + (hash(g).xy - 0.5) * shape(0) + vec2(wave(time * 0.03 + hash(g).z), wave(time * 0.027 + hash(g).w)) * 0.06 * clamp(time, 0.0, 1.0) - p;
    vec2 e = d - to;
    float l = dot(e, e);
    if (l > 0.0001) border = min(border, dot(d + to, e) * 0.5 / sqrt(l));
  }
  vec4 h = hash(id + vec2(91.0, 17.0));
  float wall = shape(1) * (0.5 + h.w);
  float body = inside(border - wall);
  float dome = clamp((border - wall) * 3.2, 0.0, 1.0);
  dome = dome * (2.0 - dome);
  float rings = wave(border * shape(2)) * shape(3);
  tone = mix(-0.95, (h.x - 0.5) * 1.1 + dome * 0.55 - 0.15 + rings + noise(p * 14.0) * 0.06, body);
  tint = (h.y - 0.5) * 2.0;
  height = dome * 0.45 * body;
  glow = h.z > 0.86 ? body * dome * 0.8 : 0.0;
  shade = (1.0 - dome) * 0.4 * body;
}
