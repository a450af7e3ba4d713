// Waves that rise and break in rows, with their foam.
void structure(vec2 p) {
  float sun = length(p - vec2(shape(0), 0.5));
  tone = 0.45 - p.y * 0.15 + bell(sun) * 0.25 + fbm(p * vec2(0.8, 2.4)) * 0.2;
  tint = -p.y * 0.4;
  glow = inside(0.2 * shape(1) + 0.1 - sun) * 0.9;
  for (int i = 0; i < 6; i++) {
    float near = float(i) / 5.0;
    float f = mix(1.5, 0.75, near);
    vec4 h = hash(vec2(float(i), 19.0));
    float x = p.x * f + h.x * 7.0 + time * 0.006 * (h.y - 0.4);
    float base = mix(0.42, -0.95, near);
    // A trochoid that leans over.
    float y = (p.y - base) / mix(0.3, 0.5, near);
    float lean = x + y * (0.15 + 0.25 * shape(2)) + noise(vec2(x * 1.3, float(i) * 4.0)) * 0.2;
    float g = fract(lean) ;
    float crest = pow(max(abs(g - 0.5) * 2.0, 0.001), 1.7) - 0.2 + noise(vec2(lean * 2.0, float(i))) * 0.2;
    float d = (crest - y) * mix(0.3, 0.5, near) * 0.75;
    float ragged = d + (noise(p * 15.0 + h.xy * 20.0) * 0.016 + noise(p * 37.0) * 0.008) * over(crest - 0.35, 0.4);
    float body = inside(ragged);
    float stripe = wave((d + noise(vec2(lean * 3.0, y * 1.2)) * 0.03) * 24.0 / (0.5 + near * 0.5));
    float foam = over(0.05 + 0.05 * crest - ragged + noise(p * 22.0) * 0.03, 0.012) * over(crest - 0.18, 0.25);
    float spots = over(noise(p * 27.0 + h.xy * 9.0) - 0.42 + d * 3.0, 0.1) * over(crest + 0.15, 0.4);
    float t = mix(0.1, -0.65, near) + clamp(stripe * 3.0, -1.0, 1.0) * 0.17 - d * 0.6;
    tone = mix(tone, mix(t, 0.9, max(foam, spots * 0.8)), body);
    tint = mix(tint, 0.5 * near - d * 1.4, body);
    glow *= 1.0 - body;
    shade = mix(max(shade, exp(min(d, 0.0) * 30.0) * 0.25), 0.0, body);
  }
}
