// The sun over the sea, and its road on the water.
void structure(vec2 p) {
  float horizon = shape(0);
  vec2 sun = vec2(shape(1), horizon + shape(2));
  float away = length(p - sun);
  float disc = inside(shape(3) - away);
  float haze = exp(-abs(p.y - horizon) * 4.0);
  float streaks = fbm(vec2(p.x * 1.1 + time * 0.003, (p.y - horizon) * 7.0 + 4.0));
  float sky = -0.15 + bell(away * 1.1) * 0.75 + haze * 0.25 - (p.y - horizon) * 0.3 + clamp(streaks - 0.05, 0.0, 1.0) * 0.6 * shape(4);
  float depth = max(horizon - p.y, 0.0005);
  float far = 0.12 / (depth + 0.01);
  vec2 u = vec2(p.x * far * 6.0, far * 22.0 + time * 0.05);
  float fade = clamp(0.02 / (px * far), 0.0, 1.0);
  float swell = noise(u * vec2(0.35, 0.5)) * 0.5 + (noise(u * vec2(1.0, 1.3) + 7.0) * 0.35 + noise(u * vec2(3.1, 3.3)) * 0.25 + noise(u * vec2(8.0, 7.0)) * 0.15) * fade;
  float road = bell((p.x - sun.x) / (0.13 + depth * 0.55) + swell * 0.5);
  float glitter = clamp(swell * 2.2 - 0.25 + road * 0.9, 0.0, 1.0) * road;
  float water = -0.62 + swell * 0.32 + glitter * 1.35 + exp(-depth * 7.0) * 0.35 - depth * 0.12;
  float below = inside(horizon - p.y);
  tone = mix(sky, water, below);
  tint = mix(-haze * 0.6 + (p.y - horizon) * 0.7 + streaks * 0.3, 0.3 - glitter * 0.9, below);
  glow = mix(disc, clamp(glitter * glitter * 0.6, 0.0, 0.8), below);
  height = swell * 0.1 * below;
}
