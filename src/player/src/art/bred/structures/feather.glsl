// Feathers in rows, each barb drawn.
void structure(vec2 p) {
  tone = -0.9;
  vec2 u = vec2(p.x, p.y * 1.45);
  for (int i = 0; i < 8; i++) {
    float row = (floor(u.y) + 1.0) + 2.0 - float(i / 2);
    float shift = fract(row * 0.5) > 0.25 ? 0.5 : 0.0;
    float column = floor(u.x - shift) + shift + 0.5 + (i % 2 == 0 ? 0.0 : (fract(u.x - shift) > 0.5 ? 1.0 : -1.0));
    vec4 h = hash(vec2(floor(column * 2.0), row));
    vec2 q = vec2(u.x - column, u.y - row + 0.35);
    q = turned(q, (h.x - 0.5) * 0.05 + wave(time * 0.02 + h.y) * 0.004);
    float along = clamp(-q.y / 1.9 + 0.2, 0.0, 1.0);
    float tip = q.y + 1.55;
    float wide = 0.66 * sqrt(max(1.0 - (1.0 - clamp(tip, 0.0, 1.0)) * (1.0 - clamp(tip, 0.0, 1.0)), 0.0));
    float d = min(wide - abs(q.x), tip);
    float ragged = d + noise(vec2(q.x * 30.0, q.y * 6.0 + h.z * 50.0)) * 0.015;
    float cover = inside(ragged);
    float barb = q.y * 17.0 - abs(q.x) * 22.0 + noise(q * 5.0 + h.xy * 20.0) * 0.7;
    float fine = wave(barb) * 0.5 + wave(barb * 2.7 + 0.3) * 0.3;
    float eye = length((q + vec2(0.0, 1.02)) * vec2(1.0, 0.85));
    float eyed = shape(0) > 0.5 ? 1.0 : 0.0;
    float bars = wave(q.y * shape(1) + abs(q.x) * 0.8);
    float t = -0.1 + fine * 0.17 + (tip - 0.7) * 0.35 * shape(2) + (1.0 - eyed) * bars * 0.3 + (h.w - 0.5) * 0.3;
    t += eyed * (bell((eye - 0.3) * 9.0) * 0.6 - bell(eye * 5.0) * 0.7);
    float shaft = line(q.x, 0.014 + 0.006 * along);
    tone = mix(tone, mix(t, 0.7, shaft), cover);
    tint = mix(tint, (h.y - 0.5) * 0.6 + eyed * (0.6 - eye) * 2.2 + tip * 0.4, cover);
    glow = mix(glow, eyed * bell((eye - 0.17) * 14.0) * 0.9, cover);
    height = mix(height, fine * 0.12 + sqrt(max(d, 0.0)) * 0.5 + shaft * 0.1, cover);
    shade = mix(max(shade, exp(min(d, 0.0) * 9.0) * 0.8), clamp(0.3 - d * 1.5, 0.0, 0.3), cover);
  }
}
