// A Julia set, in levels of how slowly points leave it.
void structure(vec2 p) {
  vec2 z = p * 1.15;
  float t = shape(0) + wave(time * 0.006) * 0.002;
  vec2 c = vec2(wave(t + 0.25), wave(t)) * 0.5 - vec2(wave(t * 2.0 + 0.25), wave(t * 2.0)) * 0.25;
  c *= shape(1);
  vec2 dz = vec2(1.0, 0.0);
  float count = 0.0, trap = 9.0, r2 = dot(z, z), cross_ = 9.0;
  for (int i = 0; i < 72; i++) {
    if (r2 < 400.0) {
      dz = 2.0 * vec2(z.x * dz.x - z.y * dz.y, z.x * dz.y + z.y * dz.x);
      z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
      r2 = dot(z, z);
      count += 1.0;
      trap = min(trap, abs(length(z - vec2(shape(3) - 0.5, 0.1)) - 0.4));
      cross_ = min(cross_, min(abs(z.x), abs(z.y)));
    }
    if (r2 >= 400.0) break;
  }
  float out_ = r2 < 400.0 ? 0.0 : 1.0;
  float smooth_ = count + 1.0 - log2(max(log2(max(r2, 1.001)) * 0.5, 0.01));
  float l = length(dz);
  float d = out_ * sqrt(r2) * log2(max(r2, 1.001)) * 0.35 / max(l, 0.0001);
  float bands = wave(sqrt(max(smooth_, 0.0)) * shape(2));
  tone = mix(0.1 + 0.5 * bands - 0.25 * exp(-smooth_ * 0.04), -0.55 + trap * 1.3, 1.0 - out_);
  tone += bell(d * 26.0) * 0.55 * out_;
  tint = wave(smooth_ * 0.021 + 0.2) + (1.0 - out_) * 0.7;
  height = bands * 0.25;
  glow = bell(cross_ * 9.0) * 0.7 * (1.0 - 0.5 * out_) + bell(d * 90.0) * 0.5 * out_;
  shade = (1.0 - out_) * 0.2;
}
