// A tiling of the hyperbolic plane in its disc, and mirrored outside.
void structure(vec2 p) {
  float n = floor(shape(0)), q = floor(shape(1));
  float out_ = dot(p, p) > 1.0 ? 1.0 : 0.0;
  float r2 = max(dot(p, p), 0.0001);
  float scale = out_ > 0.5 ? 1.0 / r2 : 1.0;
  vec2 z = out_ > 0.5 ? p / r2 : p;
  z = turned(z, shape(2) + time * 0.004);
  float sa = wave(0.5 / n), cb = wave(0.25 + 0.5 / q);
  float root = sqrt(max(cb * cb - sa * sa, 0.0004));
  float c = cb / root, r = sa / root;
  float parity = 0.0, count = 0.0;
  for (int i = 0; i < 14; i++) {
    float t = angle(z) * n;
    float sector = floor(t + 0.5);
    z = turned(z, -sector / n);
    parity += z.y < 0.0 ? 1.0 : 0.0;
    z.y = abs(z.y);
    vec2 d = z - vec2(c, 0.0);
    float l = dot(d, d);
    if (l < r * r) {
      float k = r * r / max(l, 0.000001);
      z = vec2(c, 0.0) + d * k;
      scale *= k;
      parity += 1.0;
      count += 1.0;
    }
  }
  vec2 d = z - vec2(c, 0.0);
  px *= scale;
  float wall = length(d) - r, mirror = z.y;
  float odd = fract(parity * 0.5) > 0.25 ? 1.0 : 0.0;
  float deep = clamp(px * 7.0, 0.0, 1.0);
  float rosette = length(z) / max(c - r, 0.1);
  float ring = line(rosette - shape(3), 0.05);
  float edge = line(wall, 0.022);
  float petal = inside((0.62 - rosette) * 0.3 + z.y * 0.9 - 0.06);
  tone = mix((odd - 0.5) * shape(4) + petal * 0.5 - rosette * 0.25 + 0.05, -0.2, deep);
  tone = mix(tone, -0.9, edge * (1.0 - deep));
  tint = (rosette - 0.5) * 1.2 + odd * 0.5 + count * 0.17;
  height = (petal * 0.3 + min(wall, 0.2)) * (1.0 - deep);
  glow = (over(0.2 - rosette, 0.04) + ring * 0.6) * (1.0 - deep) * 0.9;
  shade = (1.0 - clamp(mirror * 8.0, 0.0, 1.0)) * 0.35 * odd * (1.0 - deep) + line(length(p) - 1.0, 0.012) * 0.9;
}
