// Circles that touch circles, by inversion again and again.
void structure(vec2 p) {
  float scale = 1.0, trap = 9.0, ring = 9.0, way = 0.0;
  vec2 z = p * 0.9;
  for (int i = 0; i < 8; i++) {
    z = fract(z * 0.5 + 0.5) * 2.0 - 1.0;
    float r2 = max(dot(z, z), 0.0001);
    trap = min(trap, abs(r2 - shape(2)));
    ring = min(ring, r2);
    float k = shape(0) / r2;
    z *= k;
    scale *= k;
    way += wave(r2 * 0.4 + shape(3) + time * 0.01);
  }
  float d = 0.3 * abs(z.y) / scale;
  float edge = over(d, max(px * 1.6, 0.006));
  float disc = sqrt(ring);
  tone = (disc - 0.55) * 1.5 + way * 0.05 - 0.1;
  tone = mix(-0.95, tone, edge);
  tint = way * 0.25 + disc;
  height = min(d * 8.0, 0.4) + disc * 0.25;
  glow = bell(trap * 9.0) * edge * shape(1);
  shade = exp(-d * 60.0) * 0.5;
}
