// A tree whose branches are folds of space, before a sky.
void structure(vec2 p) {
  float sun = length(p - vec2(shape(4) - 0.5, 0.25 + 0.3 * shape(5)));
  float sky = p.y * 0.35 + bell(sun * 1.3) * 0.5;
  tone = 0.25 + sky * 0.55 + fbm(p * vec2(1.2, 2.4) + 4.0) * 0.22;
  tint = -sky;
  glow = over(0.17 - sun, 0.012) * 0.9;
  vec2 z = p + vec2(0.0, 0.98);
  float scale = 1.0, d = 9.0, leaf = 9.0;
  float sway = wave(time * 0.03) * 0.004 * (1.0 + loudness);
  float tall = 0.44, w = 0.052;
  for (int i = 0; i < 10; i++) {
    float along = clamp(z.y, 0.0, tall);
    float trunk = length(z - vec2(0.0, along)) - w * (1.0 - 0.32 * along / tall);
    d = min(d, trunk / scale);
    z.y -= tall * (0.93 - 0.05 * shape(3));
    z = turned(z, (shape(2) - 0.5) * 0.045 + sway);
    z.x = abs(z.x);
    z = turned(z, shape(0));
    z *= shape(1);
    scale *= shape(1);
    if (i > 5) leaf = min(leaf, (length(z - vec2(0.0, 0.2)) - 0.26 + noise(z * 4.0) * 0.1) / scale);
  }
  float ground = -0.93 + fbm(p * vec2(2.0, 1.0)) * 0.07 - p.y;
  float leaves = inside(-leaf) * step(0.35, shape(6));
  float wood = inside(-d);
  float earth = inside(ground);
  tone = mix(tone, -0.88 + noise(p * vec2(40.0, 8.0)) * 0.08, max(wood, 0.0));
  float light = clamp(0.5 - leaf * 20.0, 0.0, 1.0);
  tone = mix(tone, 0.05 + noise(p * 26.0) * 0.35 + p.x * 0.15, leaves * 0.94);
  tint = mix(tint, 1.0 + noise(p * 14.0) * 0.6, leaves);
  glow = mix(glow, noise(p * 19.0) > 0.35 ? 0.75 : 0.0, leaves);
  tone = mix(tone, -0.8 + fbm(p * vec2(6.0, 20.0)) * 0.3, earth);
  glow *= 1.0 - max(wood * (1.0 - leaves), earth);
  height = leaves * noise(p * 30.0) * 0.2;
}
