// The basins of Newton's method for the roots of z^n = 1.
void structure(vec2 p) {
  vec2 z = p * 1.1;
  float n = floor(shape(0));
  float near = 9.0, count = 0.0, last = 9.0;
  for (int i = 0; i < 26; i++) {
    // z^(n-1) by its angle and radius.
    float r = max(length(z), 0.0001), t = angle(z);
    float m = pow(r, n - 1.0);
    vec2 q = vec2(wave(t * (n - 1.0) + 0.25), wave(t * (n - 1.0))) * m;
    vec2 f = vec2(q.x * z.x - q.y * z.y - 1.0, q.x * z.y + q.y * z.x);
    vec2 g = q * n;
    float s = max(dot(g, g), 0.000001);
    vec2 step_ = vec2(f.x * g.x + f.y * g.y, f.y * g.x - f.x * g.y) / s;
    z -= step_ * shape(1);
    last = dot(step_, step_);
    count += exp(-last * 400.0);
    near = min(near, dot(step_, step_) + 0.0);
  }
  float root = floor(fract(angle(z) + 1.0) * n + 0.5);
  root = root >= n ? 0.0 : root;
  vec4 h = hash(vec2(root, 40.0));
  float speed = 26.0 - count;
  float ridge = wave(speed * shape(2));
  tone = (root / (n - 1.0) - 0.5) * 1.1 + ridge * 0.2 - clamp(speed * 0.03, 0.0, 0.6) + 0.2;
  tint = (h.y - 0.5) * 2.2 + speed * 0.02;
  height = speed * 0.05;
  glow = clamp(speed * 0.06 - 0.45, 0.0, 0.9);
  shade = clamp(speed * 0.05 - 0.2, 0.0, 0.6);
}
