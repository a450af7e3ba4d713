// Threads from nail to nail, that draw curves between them.
void structure(vec2 p) {
  float sum = 0.0, fine = 0.0, second = 0.0;
  float k = shape(0) + time * 0.0015;
  float r = length(p);
  for (int i = 0; i < 96; i++) {
    float t = float(i) / 96.0;
    vec2 a = vec2(wave(t + 0.25), wave(t)) * shape(1);
    vec2 b = vec2(wave(t * k + 0.25 + shape(2)), wave(t * k + shape(2))) * shape(1) * shape(3);
    vec2 d = b - a;
    float u = clamp(dot(p - a, d) / max(dot(d, d), 0.0001), 0.0, 1.0);
    float l = length(p - a - d * u);
    float ink = line(l, 0.0042);
    fine = max(fine, ink);
    sum += ink;
    second += exp(-l * 34.0);
  }
  float rim = line(r - shape(1), 0.012);
  tone = -0.75 + noise(p * 1.4) * 0.12 + min(second * 0.07, 0.75);
  tone = mix(tone, 0.45 + min(sum * 0.12, 0.5), clamp(fine, 0.0, 1.0));
  tone = mix(tone, 0.6, rim);
  tint = r * 1.4 - 0.8 + second * 0.05;
  glow = clamp(sum * 0.14 - 0.1 + second * 0.012, 0.0, 0.85);
  height = fine * 0.3;
}
