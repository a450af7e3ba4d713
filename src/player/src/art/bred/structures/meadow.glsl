// Grass and flowers, blade behind blade.
void structure(vec2 p) {
  float sun = length(p - vec2(shape(0), 0.75));
  tone = 0.3 + bell(sun) * 0.5 + fbm(p * vec2(0.8, 1.6)) * 0.22 - clamp(-p.y, 0.0, 1.0) * 0.3;
  tint = 0.3 - p.y * 0.5;
  for (int layer = 0; layer < 6; layer++) {
    float near = float(layer) / 5.0;
    float wide = mix(0.05, 0.17, near);
    for (int side = 0; side < 3; side++) {
      float column = floor(p.x / wide + float(layer) * 0.37) + float(side) - 1.0;
      vec4 h = hash(vec2(column, float(layer) * 9.0)), k = hash(vec2(column, float(layer) * 9.0 + 4.0));
      float root = (column + 0.5 - float(layer) * 0.37 + (h.x - 0.5) * 0.8) * wide;
      float foot = mix(-0.25, -1.35, near);
      float tall = mix(0.45, 1.35, near) * (0.55 + 0.65 * h.y);
      float up = clamp((p.y - foot) / tall, 0.0, 1.2);
      float sway = wave(time * 0.025 + h.z) * 0.03 * clamp(time, 0.0, 1.0) * (1.0 + loudness);
      float bend = ((h.z - 0.5) * 0.6 + sway) * up * up * tall;
      float x = p.x - root - bend;
      float half_ = mix(0.007, 0.024, near) * (1.0 - up * 0.9);
      float blade = inside(half_ - abs(x)) * inside(foot + tall - p.y);
      float t = mix(0.15, -0.75, near) + up * 0.6 - 0.1 + (k.x - 0.5) * 0.25 + clamp(x / half_, -1.0, 1.0) * 0.12;
      tone = mix(tone, t, blade);
      tint = mix(tint, (k.y - 0.5) * 0.8 + 0.3, blade);
      glow *= 1.0 - blade;
      vec2 top = vec2(root + ((h.z - 0.5) * 0.6 + sway) * tall, foot + tall);
      vec2 f = (p - top) / mix(0.05, 0.15, near) / (0.6 + 0.5 * k.z);
      float has = k.w < shape(1) ? 1.0 : 0.0;
      float petals = floor(5.0 + h.w * 4.0);
      vec2 w = turned(f * vec2(1.0, 1.0 + 0.5 * h.w), h.x);
      float r = length(w), c = abs(wave(angle(w) * petals * 0.5));
      float flower = clamp((0.42 + 0.55 * sqrt(c + 0.02) - r) * mix(0.05, 0.15, near) / px + 0.5, 0.0, 1.0) * has;
      float heart = over(0.25 - r, 0.08);
      tone = mix(tone, mix(0.55 - r * 0.45 + c * 0.15, -0.3 + noise(w * 9.0) * 0.3, heart) - near * 0.1 + (h.y - 0.5) * 0.4, flower);
      tint = mix(tint, (h.w - 0.5) * 2.4 - 0.4, flower);
      glow = mix(glow, mix(k.x > 0.5 ? 0.75 : 0.0, 0.3, heart), flower);
    }
  }
}
