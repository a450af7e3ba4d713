// Ink in water: clouds that are bent by clouds.
void structure(vec2 p) {
  vec2 a = vec2(fbm(p + vec2(time * 0.006, 0.0)), fbm(p + vec2(5.2, 1.3)));
  vec2 q = p + a * shape(0);
  float b = fbm(q + vec2(8.3, 2.8)), c = fbm(q * 1.1 + vec2(1.7, 9.2) - vec2(0.0, time * 0.005));
  vec2 r = q + vec2(b, c) * shape(1);
  float f = fbm(r);
  float threads = saw(f * shape(2) + b * 2.0);
  tone = f * 1.6 + b * 0.5 - 0.1 + (threads - 0.5) * shape(3);
  tint = c * 2.2 + a.x * 0.8;
  height = f * 0.9;
  glow = clamp(dot(a, a) * 2.4 - 0.25 + c * 0.5, 0.0, 0.9);
  shade = clamp(-b * 1.2, 0.0, 0.7);
}
