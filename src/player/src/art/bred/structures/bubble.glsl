// Soap bubbles, clear and coloured at their rims.
void structure(vec2 p) {
  tone = -0.6 + p.y * 0.3 + fbm(p * 0.7) * 0.35;
  tint = noise(p * 0.5) * 0.8;
  vec2 light = net[12].xy;
  for (int i = 0; i < 17; i++) {
    vec4 h = hash(vec2(float(i), 44.0)), k = hash(vec2(float(i), 45.0));
    float r = shape(0) * (0.3 + 1.0 * h.z * h.z);
    vec2 d = p - vec2((h.x - 0.5) * 3.4, (h.y - 0.5) * 2.3) - vec2(wave(time * 0.013 + h.w), wave(time * 0.011 + k.w)) * 0.08 * clamp(time, 0.0, 1.0);
    float l = length(d);
    float body = inside(r - l);
    vec2 n = d / r;
    float z = sqrt(max(1.0 - dot(n, n), 0.0));
    float film = wave((1.0 - z) * 2.4 + noise(n * 1.8 + h.xy * 20.0) * 0.8 + k.x + time * 0.01);
    float rim = exp(-z * 3.4);
    float window = over(0.16 - abs(length(n - light * 0.62) - 0.1) + noise(n * 3.0) * 0.02, 0.08) * over(dot(normalize(n + 0.0001), light) - 0.72, 0.2);
    float second = bell(length(n + light * 0.6) * 6.0) * 0.5;
    tone = mix(tone, tone * 0.7 + 0.12 + rim * 1.15 + film * 0.22 * (0.3 + rim) + window * 0.9 + second * 0.5, body);
    tint = mix(tint, tint * 0.4 + film * 1.7, body * (0.35 + 0.65 * rim));
    glow = mix(glow, clamp(rim * (0.5 + 0.5 * film) * 0.8, 0.0, 0.85), body * (0.3 + 0.7 * rim));
    shade = mix(shade, 0.25 * (1.0 - rim) * k.y, body * 0.6);
  }
}
