// Rays and stepped arcs, as on the fronts of the thirties.
void structure(vec2 p) {
  vec2 o = vec2(shape(0) * 0.6, -0.75 + 0.25 * shape(1));
  vec2 d = p - o;
  float r = length(d), t = angle(vec2(d.y, d.x)) ;
  float n = floor(shape(2));
  float u = t * n + time * 0.01, c = floor(u), g = u - c;
  vec4 h = hash(vec2(c, 6.0));
  float ray = inside((0.5 - abs(g - 0.5) - 0.02) * r * 6.28 / n);
  float half_ = fract(c * 0.5) > 0.25 ? 1.0 : 0.0;
  float fine = wave(g * floor(2.0 + h.x * 4.0)) * 0.1;
  tone = mix(-0.7, 0.35, half_) + fine + (r - 0.8) * 0.35 * (half_ - 0.5) + (h.y - 0.5) * 0.3;
  tint = (h.z - 0.5) * 1.2 + r * 0.4;
  float lines = 1.0 - ray;
  for (int i = 0; i < 7; i++) {
    vec4 k = hash(vec2(float(i), 16.0));
    float R = 1.35 - 0.19 * float(i);
    float m = floor(9.0 + k.x * 12.0) * 2.0;
    float v = t * m + 0.5 * float(i), vg = fract(v) - 0.5;
    float fan = R * (1.0 - 0.035 * (k.y > 0.4 ? 1.0 : 0.0) * (4.0 * vg * vg)) - r;
    float body = inside(fan);
    float bead = inside(0.024 - length(vec2(vg / m * 6.28 * r, fan - 0.05)));
    float rim = max(line(fan - 0.012, 0.007), line(fan - 0.09, 0.004));
    float stripe = line(vg / m * 6.28 * r, 0.004) * step(fan, 0.09 + 0.1 * k.z) ;
    float odd = i % 2 == 0 ? 1.0 : 0.0;
    float t2 = mix(-0.8, 0.1, odd) + (k.w - 0.5) * 0.5 - fan * 0.8;
    tone = mix(tone, mix(t2, 0.8, max(max(rim, bead * step(0.5, k.z)), stripe)), body);
    tint = mix(tint, (k.y - 0.5) * 2.0, body);
    lines = mix(lines, 0.0, body);
    glow = mix(glow, max(rim, bead) * 0.85, body);
    shade = mix(max(shade, exp(min(fan, 0.0) * 18.0) * 0.6), 0.0, body);
  }
  tone = mix(tone, 0.8, lines);
  glow = max(glow, lines * 0.8);
}
