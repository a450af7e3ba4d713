// Snow crystals, each with arms of its own.
float arm(vec2 q, vec4 h, vec4 k) {
  float d = max(abs(q.y) - 0.03, q.x - 0.95);
  for (int i = 0; i < 5; i++) {
    float at = 0.22 + 0.16 * float(i) + 0.05 * (h.x - 0.5);
    float long_ = (0.14 + 0.34 * fract(h.y * (3.0 + float(i) * 1.7) + k.z)) * (1.1 - at);
    vec2 b = q - vec2(at, 0.0);
    vec2 w = vec2(b.x * 0.5 + b.y * 0.8660254, b.y * 0.5 - b.x * 0.8660254);
    d = min(d, max(abs(w.y) - 0.022, max(w.x - long_, -w.x)));
  }
  float plate = q.x * 0.8660254 + abs(q.y) * 0.5 - 0.16 - 0.2 * k.x;
  float hole = abs(q.x - 0.1 - 0.16 * k.y) - 0.014;
  d = min(d, max(plate, -hole + 0.0));
  return min(d, length(vec2(q.x - 0.95, q.y)) - 0.05 * k.w);
}
void structure(vec2 p) {
  tone = -0.65 + p.y * -0.12 + fbm(p * 0.5) * 0.5;
  tint = fbm(p * 0.4 + 9.0) * 1.6;
  for (int layer = 0; layer < 3; layer++) {
    float f = 2.6 - 0.8 * float(layer);
    vec2 u = p * f * shape(0) + vec2(float(layer) * 7.3, time * 0.01);
    vec2 c = floor(u + 0.5);
    vec4 h = hash(c + vec2(float(layer) * 90.0, 0.0)), k = hash(c + vec2(float(layer) * 90.0, 400.0));
    float s = 0.3 + 0.13 * k.x;
    vec2 d = turned((u - c - (h.xy - 0.5) * 0.22) / s, h.z);
    float r = length(d);
    d = wedge(d, 6.0);
    float a = arm(d, h, k) * s / (f * shape(0)) * shape(0);
    float near = float(layer) * 0.5;
    float blur = mix(5.0, 1.0, clamp(near + 0.3, 0.0, 1.0));
    float body = clamp(-a / (px * blur) + 0.5, 0.0, 1.0) * (h.w > 0.18 ? 1.0 : 0.0);
    float rim = line(a + 0.012, 0.006);
    tone = mix(tone, mix(-0.1, 0.55, near) + r * 0.18 + rim * 0.4 + (d.y - 0.05) * 0.8, body * mix(0.6, 0.95, near));
    tint = mix(tint, r * 0.8 - 0.4, body);
    glow = mix(glow, bell((r - 0.25) * 8.0) * k.y * 0.8, body);
    height = mix(height, clamp(-a * 10.0, 0.0, 0.4), body);
    shade = mix(shade, 0.0, body);
  }
}
