// Stars, and lines from star to near star.
vec2 starOf(vec2 c) { return c + 0.5 + (hash(c).xy - 0.5) * 0.8 + vec2(wave(time * 0.02 + hash(c).z), wave(time * 0.017 + hash(c).w)) * 0.04 * clamp(time, 0.0, 1.0); }
float between(vec2 p, vec2 a, vec2 b) {
  vec2 d = b - a;
  float t = clamp(dot(p - a, d) / dot(d, d), 0.0, 1.0);
  return length(p - a - d * t) ;
}
void structure(vec2 p) {
  float haze = fbm(p * 0.6), second = fbm(p * 1.3 + 30.0);
  tone = -0.9 + clamp(haze + 0.25, 0.0, 1.0) * 0.85 + second * 0.15;
  tint = second * 2.0 + haze;
  vec2 c = floor(p);
  float lines = 0.0, stars = 0.0, halo = 0.0;
  for (int i = 0; i < 9; i++) {
    vec2 g = c + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
    vec2 a = starOf(g);
    vec4 k = hash(g + vec2(50.0, 0.0));
    float l = length(p - a);
    float size_ = 0.022 + 0.06 * k.x * k.x * k.x;
    stars = max(stars, over(size_ - l, max(px * 1.5, size_ * 0.6)));
    float cross_ = exp(-abs(p.x - a.x) * 60.0 - abs(p.y - a.y) * 9.0) + exp(-abs(p.y - a.y) * 60.0 - abs(p.x - a.x) * 9.0);
    halo += (bell(l / size_ * 0.3) * 0.5 + cross_ * step(0.8, k.x)) * k.x;
    for (int j = 0; j < 4; j++) {
      vec2 other = g + vec2(j == 0 || j == 2 ? 1.0 : j == 1 ? 0.0 : 1.0, j == 0 ? 0.0 : j == 3 ? -1.0 : 1.0);
      float joined = hash(g * 4.0 + vec2(float(j), 9.0)).x < shape(0) ? 1.0 : 0.0;
      float d = between(p, a, starOf(other));
      lines = max(lines, joined * line(d, 0.012) * (0.6 + 0.4 * k.y));
    }
  }
  vec4 dust = hash(floor(p * 11.0));
  float grains = bell(length(fract(p * 11.0) - dust.xy) * 13.0) * dust.z + bell(length(fract(p * 31.0) - 0.5) * 6.0) * (hash(floor(p * 31.0)).x > 0.93 ? 0.6 : 0.0);
  tone += lines * 0.75 + halo * 0.7 + stars * 1.5 + grains * 0.6;
  tint += halo * 0.6;
  glow = clamp(lines * 0.45 + halo * 0.35, 0.0, 0.9) * (1.0 - stars);
}
