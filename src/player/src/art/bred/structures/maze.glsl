// Walls of a maze, from above, with their shadows.
float wallAt(vec2 p) {
  vec2 c = floor(p), g = p - c;
  float best = 9.0;
  for (int i = 0; i < 4; i++) {
    vec2 o = vec2(i % 2 == 0 ? 0.0 : 1.0, i < 2 ? 0.0 : 1.0);
    vec4 h = hash(c + o);
    float n = floor(h.x * 4.0);
    vec2 way = n < 0.5 ? vec2(1.0, 0.0) : n < 1.5 ? vec2(-1.0, 0.0) : n < 2.5 ? vec2(0.0, 1.0) : vec2(0.0, -1.0);
    vec2 d = g - o;
    float t = clamp(dot(d, way), 0.0, 1.0);
    best = min(best, length(d - way * t));
  }
  return best;
}
void structure(vec2 p) {
  float w = shape(0);
  float d = wallAt(p);
  vec2 light = net[12].xy;
  float dark = 0.0;
  for (int i = 1; i < 7; i++) {
    float t = float(i) * 0.07;
    dark = max(dark, over(w - wallAt(p + light * t), 0.04) * (1.0 - t * 1.7));
  }
  float body = inside(w - d);
  float field = noise(p * 0.21);
  float path_ = -0.35 + field * 0.5 + noise(p * 6.0) * 0.07 + d * 0.25;
  tone = mix(path_ - dark * 0.45, 0.45 + field * 0.4 + noise(p * 13.0) * 0.05, body);
  tone += line(d - w, 0.012) * 0.35;
  tint = field * 1.7 + body * shape(1);
  shade = (1.0 - body) * dark * 0.7;
  height = body * 0.4;
  vec4 h = hash(floor(p) + vec2(9.0, 90.0));
  glow = h.x > 0.93 ? (1.0 - body) * bell((length(fract(p) - 0.5) - 0.1) * 8.0) * 0.9 : 0.0;
}
