// Stones, rings and blocks on a floor, marched, with their shadows.
float scene(vec3 q) {
  float floor_ = q.y + 0.62;
  float all = floor_;
  for (int i = 0; i < 5; i++) {
    vec4 h = hash(vec2(float(i), 3.0)), k = hash(vec2(float(i), 6.0));
    vec3 c = vec3((h.x - 0.5) * 2.6, -0.62 + 0.22 + 0.16 * k.x, (h.y - 0.5) * 2.2 + 0.3);
    vec3 d = q - c;
    d = vec3(turned(d.xz, h.z + time * 0.004), d.y).xzy;
    float s = 0.2 + 0.2 * k.x;
    vec3 b = abs(d) - s * 0.72;
    float box = length(max(b, 0.0)) + min(max(b.x, max(b.y, b.z)), 0.0) - s * 0.12;
    float ball = length(d) - s * 1.06;
    float ring = length(vec2(length(d.xy) - s * 0.82, d.z)) - s * 0.26;
    all = min(all, k.y < 0.34 ? box : k.y < 0.67 ? ball : ring);
  }
  return all;
}
void shown(vec3 from, vec3 way, float far, float gloss);
void structure(vec2 p) {
  tone = 0.15 + p.y * 0.5;
  tint = p.y * 0.6;
  vec3 from = vec3(0.0, 0.55 + 0.35 * shape(0), -3.0);
  vec3 way = normalize(vec3(p.x, p.y - 0.32 - 0.14 * shape(0), 2.1));
  shown(from, way, 9.0, 0.9);
}
