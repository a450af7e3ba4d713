// Fans that overlap in rows, each with its rings.
void structure(vec2 p) {
  tone = -0.9;
  vec2 u = vec2(p.x, p.y * 2.0);
  float row0 = floor(u.y);
  for (int i = 0; i < 4; i++) {
    float row = row0 + 2.0 - float(i);
    float shift = fract(row * 0.5) > 0.25 ? 0.5 : 0.0;
    float column = floor(p.x - shift + 0.5) + shift;
    vec4 h = hash(vec2(floor(column), row));
    vec2 d = vec2(p.x - column, p.y - row * 0.5);
    float r = length(d);
    float cover = inside(0.5 - r + 0.04 * shape(3) * wave(angle(d) * 8.0));
    float rings = wave(r * shape(0) - time * 0.02);
    float ray = wave(angle(d) * floor(shape(1)));
    float t = mix(rings, ray * 0.7, step(0.62, shape(2))) * 0.38 + (0.5 - r) * 0.8 - 0.15 + (h.x - 0.5) * 0.45;
    float rim = line(r - 0.475, 0.012);
    tone = mix(tone, mix(t, 0.75, rim), cover);
    tint = mix(tint, (h.y - 0.5) * 1.2 + noise(p * 0.35) * 0.9, cover);
    glow = mix(glow, h.z > 0.82 ? bell((r - 0.1) * 7.0) * 0.9 : rim * 0.3, cover);
    height = mix(height, r * 0.9 + rings * 0.06, cover);
    shade = mix(max(shade, exp(min(0.5 - r, 0.0) * 13.0) * 0.75), 0.0, cover);
  }
}
