// Points follow an attractor's map for a few steps: veils of smoke and flame.
void structure(vec2 p) {
  vec2 z = p * 0.55;
  float a = mix(0.22, 0.42, shape(0)), b = mix(0.2, 0.42, shape(1)), k = mix(0.5, 0.95, shape(2)), m = mix(0.4, 0.9, shape(3));
  float sum = 0.0, trap = 9.0, way = 0.0, weight = 1.0;
  vec2 before = z;
  for (int i = 0; i < 6; i++) {
    before = z;
    z = vec2(wave(a * z.y + time * 0.002) + k * wave(a * z.x + 0.25), wave(b * z.x - time * 0.0015) + m * wave(b * z.y + 0.25));
    float step_ = length(z - before);
    sum += step_ * weight;
    trap = min(trap, abs(z.x - before.y * 0.5) + 0.02);
    way += wave(angle(z - before)) * weight;
    weight *= 0.72;
  }
  float veil_ = saw(sum * shape(4));
  tone = veil_ * 1.1 - 0.55 + way * 0.18;
  tint = way * 0.7 + z.x * 0.4;
  glow = exp(-trap * 9.0) * 0.8;
  height = veil_ * 0.35;
  shade = exp(-veil_ * 5.0) * 0.3;
}
