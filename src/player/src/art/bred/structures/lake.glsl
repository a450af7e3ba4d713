// Mountains, mist, and both again in a lake.
float rock(vec2 p) {
  float sum = 0.0, f = 1.0, a = 0.5;
  for (int i = 0; i < 6; i++) {
    sum += (1.0 - abs(noise(p * f + float(i) * 9.0)) * 2.0) * a;
    f *= 2.05;
    a *= 0.5;
  }
  return sum;
}
void structure(vec2 p) {
  float shore = shape(0);
  float under = p.y < shore ? 1.0 : 0.0;
  float depth = max(shore - p.y, 0.0);
  float ripple = noise(vec2(p.x * 5.0 + time * 0.02, depth * 60.0 / (0.3 + depth))) * 0.035 * (0.2 + depth);
  vec2 q = under > 0.5 ? vec2(p.x + ripple, 2.0 * shore - p.y + ripple) : p;
  float sun = length(q - vec2(shape(1), shore + 0.55));
  tone = 0.45 - (q.y - shore) * 0.5 + bell(sun * 1.2) * 0.45 + clamp(fbm(q * vec2(0.9, 3.2) + 2.0), 0.0, 1.0) * 0.35;
  tint = (q.y - shore) * 0.9 - 0.3;
  glow = over(0.11 - sun, 0.01) * 0.9;
  vec2 light = net[12].xy;
  for (int i = 0; i < 3; i++) {
    float near = float(i) * 0.5;
    float x = q.x * mix(0.9, 1.5, near) + float(i) * 21.0;
    float top = shore + mix(0.62, 0.12, near) * (0.35 + 0.65 * rock(vec2(x, 3.0 + float(i) * 5.0)));
    float d = top - q.y;
    float body = inside(d);
    float face = rock(vec2(x * 1.6 + q.y * 0.7, q.y * 2.0 + float(i) * 7.0)) - rock(vec2(x * 1.6 + q.y * 0.7 + 0.05 * light.x * 2.0, q.y * 2.0 + 0.05 + float(i) * 7.0));
    float snow = over(q.y - shore - 0.34 + face * 0.5 + noise(q * 6.0) * 0.08, 0.05) * (1.0 - near);
    float t = mix(-0.05, -0.85, near) + clamp(face * mix(1.3, 0.5, near), -0.45, 0.45) + snow * 0.65;
    float mist = exp(-max(q.y - shore, 0.0) * mix(5.0, 9.0, near)) * (1.0 - near * 0.55);
    tone = mix(tone, mix(t, 0.35, mist * 0.75), body);
    tint = mix(tint, 0.4 - near * 0.5 - snow * 0.3, body);
    glow *= 1.0 - body;
  }
  float trees = shore + 0.035 + 0.05 * saw(q.x * 23.0 + noise(vec2(q.x * 3.0, 1.0))) * hash(vec2(floor(q.x * 23.0), 2.0)).x + 0.02 * noise(vec2(q.x * 4.0, 8.0));
  float wood = inside(trees - q.y);
  tone = mix(tone, -0.95, wood);
  tone = mix(tone, tone * 0.75 - 0.2 - depth * 0.1 + clamp(ripple * 9.0, -0.12, 0.25), under);
  tone = mix(tone, 0.5, line(p.y - shore, 0.004) * 0.6);
}
