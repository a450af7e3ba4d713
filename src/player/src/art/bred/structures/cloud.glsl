// Heaps of cloud, lit from one side.
float heap(vec2 p) { return fbm(p * vec2(1.0, 1.35)) + 0.5 * fbm(p * 0.5 + 7.0); }
void structure(vec2 p) {
  vec2 light = net[12].xy;
  float sun = length(p - light * 0.75);
  tone = -0.25 - p.y * 0.35 + bell(sun * 1.1) * 0.65;
  tint = p.y * 0.8 - bell(sun) * 0.5;
  glow = bell(sun * 4.5) * 0.85;
  for (int i = 0; i < 3; i++) {
    float far = 1.0 - float(i) * 0.5;
    vec2 q = p * mix(0.9, 1.7, far) + vec2(float(i) * 13.0 + time * 0.004 * (2.0 - far), 0.0);
    float base = mix(-0.75, 0.2, far) + shape(0);
    float h = heap(q) + (base - p.y) * mix(1.3, 1.8, far);
    float toward = heap(q + light * 0.12) + (base - p.y - light.y * 0.08) * mix(1.3, 1.8, far);
    float body = over(h - 0.05, 0.14 + 0.12 * far);
    float lamp = clamp(0.5 + (h - toward) * 1.7, 0.0, 1.0);
    float deep = clamp(h * 0.6, 0.0, 1.0);
    tone = mix(tone, -0.55 + lamp * 1.35 - deep * 0.35 + far * 0.12, body);
    tint = mix(tint, (1.0 - lamp) * 0.8 - 0.5 * far, body);
    glow = mix(glow, bell((lamp - 0.92) * 6.0) * 0.3, body);
  }
}
