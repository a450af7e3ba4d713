// Prisms that grow from one ground, each with three lit faces.
void structure(vec2 p) {
  float sky = p.y * 0.25;
  tone = -0.75 - sky * 0.6 + fbm(p * 1.4) * 0.22;
  tint = sky + 0.2;
  for (int i = 0; i < 15; i++) {
    vec4 h = hash(vec2(float(i), 5.0)), k = hash(vec2(float(i), 9.0));
    float back = 1.0 - float(i) / 14.0;
    float lean = (h.x - 0.5) * 0.26;
    vec2 q = turned(p - vec2((h.x - 0.5) * shape(0), -1.05 - 0.2 * (1.0 - back)), -lean + 0.0);
    float tall = mix(0.55, 1.9, back) * (0.65 + 0.6 * h.y);
    float wide = 0.09 + 0.13 * h.z + 0.03 * back;
    float tip = (tall - q.y) * (0.42 + 0.3 * k.x);
    float side = wide - abs(q.x);
    float d = min(side, tip - abs(q.x + (k.y - 0.5) * wide) * 1.0);
    float cover = inside(d);
    float split = (k.y - 0.5) * wide * 1.2;
    float split2 = split + wide * (0.35 + 0.3 * k.z);
    float above = q.y > tall - wide * 2.4 ? 1.0 : 0.0;
    float face = q.x < split ? 0.42 : q.x < split2 ? -0.1 : -0.5;
    float inner = noise(q * vec2(9.0, 2.5) + float(i) * 7.0) * 0.16 + noise(q * vec2(40.0, 6.0) + float(i)) * 0.08;
    float up = clamp(q.y / tall, 0.0, 1.0);
    float t = face * shape(1) + up * 0.55 - 0.3 + inner - back * 0.15;
    float rims = max(line(q.x - split, 0.005), max(line(q.x - split2, 0.004), line(d - 0.006, 0.006)));
    tone = mix(tone, t + rims * 0.4, cover);
    tint = mix(tint, (h.w - 0.5) * 1.3 + up * 0.5, cover);
    glow = mix(glow, clamp(rims * 0.5 * up + bell((up - 0.95) * 7.0) * 0.35, 0.0, 0.9), cover);
    shade = mix(max(shade, exp(min(d, 0.0) * 16.0) * 0.45), (1.0 - up) * 0.35, cover);
  }
}
