// Houses behind houses, some windows lit.
void structure(vec2 p) {
  vec2 moon = vec2(shape(0), 0.62);
  float away = length(p - moon);
  tone = 0.05 + p.y * -0.35 + bell(away * 1.4) * 0.4 + fbm(p * vec2(1.0, 3.0)) * 0.15;
  tint = p.y * 0.5;
  glow = inside(shape(1) - away) * 0.95;
  vec4 star = hash(floor(p * 34.0));
  tone += star.x > 0.985 ? bell(length(fract(p * 34.0) - 0.5) * 7.0) * 0.9 * clamp(p.y + 0.3, 0.0, 1.0) : 0.0;
  for (int layer = 0; layer < 5; layer++) {
    float near = float(layer) / 4.0;
    float wide = mix(0.1, 0.24, near);
    float u = (p.x + float(layer) * 3.7 + time * 0.001 * near) / wide;
    float c = floor(u), g = u - c;
    vec4 h = hash(vec2(c, float(layer) * 13.0)), k = hash(vec2(c, float(layer) * 13.0 + 5.0));
    float roof = mix(0.3, -0.55, near) + (h.x - 0.5) * mix(0.7, 0.6, near) * shape(2);
    float setback = h.z > 0.5 ? 0.22 : 0.0;
    roof -= (g < setback || g > 1.0 - setback) && h.y > 0.3 ? 0.09 : 0.0;
    float spire = h.w > 0.82 ? line((g - 0.5) * wide, 0.005) * inside(roof + 0.2 - p.y) : 0.0;
    float dome = k.x > 0.85 ? inside(0.32 * wide - length(vec2((g - 0.5) * wide, p.y - roof))) : 0.0;
    float body = max(max(inside(roof - p.y), spire), dome);
    vec2 w = vec2(g * floor(4.0 + k.y * 4.0), (roof - p.y) / wide * 6.5);
    vec2 wc = floor(w), wg = w - wc - 0.5;
    vec4 lamp = hash(vec2(c * 17.0 + wc.x, wc.y + float(layer) * 50.0));
    float fine = clamp(1.5 - px * 13.0 / wide, 0.0, 1.0);
    float pane = over(0.27 - abs(wg.x), 0.12) * over(0.3 - abs(wg.y), 0.12) * step(0.4, w.y) * fine;
    float on = lamp.x < shape(3) ? 1.0 : 0.0;
    float base = mix(0.02, -0.9, near) + (k.z - 0.5) * 0.14 + (p.y + 1.0) * -0.1 * near;
    float wall = base + pane * (on * (0.75 + 0.5 * lamp.y) - 0.1) + (g - 0.5) * 0.12;
    float mist = exp((p.y + 1.0) * -1.6) * (1.0 - near) * 0.35;
    tone = mix(tone, wall + mist, body);
    tint = mix(tint, (near - 0.5) * 0.9 + pane * on * (lamp.z - 0.3), body);
    glow = mix(glow, pane * on * (lamp.w > 0.6 ? 0.8 : 0.25), body);
  }
}
