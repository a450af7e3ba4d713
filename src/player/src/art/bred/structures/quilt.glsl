// A patchwork of blocks, with its stitches.
void structure(vec2 p) {
  vec2 block = floor(p), g = p - block;
  vec4 h = hash(block);
  vec2 q = abs(g - 0.5);
  vec2 m = floor(q * 4.0), s = q * 4.0 - m;
  float kind = floor(h.x * 4.0);
  float swap = q.x > q.y ? 1.0 : 0.0;
  float tri = s.x + s.y > 1.0 ? 1.0 : 0.0;
  float tri2 = s.x > s.y ? 1.0 : 0.0;
  float patch_ = m.x + m.y * 2.0;
  float third = abs(m.x - m.y) < 0.5 ? 1.0 : 0.0;
  float which = kind < 0.5 ? patch_ + tri * 5.0 : kind < 1.5 ? (third > 0.5 ? 2.0 : 7.0 + tri2) : kind < 2.5 ? floor(length(q) * 5.0) : floor((q.x + q.y) * 4.0);
  vec4 k = hash(vec2(which, kind + floor(h.y * 3.0) * 11.0));
  vec2 grid = abs(fract(g * 8.0 + 0.5) - 0.5) / 8.0;
  float seam = min(grid.x, grid.y);
  float diagonal = abs(fract((g.x + g.y) * 8.0 + 0.5) - 0.5) / 11.3;
  float thread = line(diagonal - 0.004, 0.0035) * step(0.35, fract((g.x - g.y) * 40.0));
  float weave_ = (wave(p.x * 130.0) + wave(p.y * 130.0)) * 0.05 * clamp(1.3 - 260.0 * px, 0.0, 1.0);
  float print_ = k.z > 0.55 ? wave(g.x * 16.0 * floor(1.0 + k.w * 3.0)) * wave(g.y * 16.0 * floor(1.0 + k.w * 3.0)) : 0.0;
  tone = (k.x - 0.5) * 1.7 + clamp(print_ * 3.0, -1.0, 1.0) * 0.12 + weave_ + thread * 0.4;
  tint = (k.y - 0.5) * 2.4;
  float border = min(min(g.x, g.y), min(1.0 - g.x, 1.0 - g.y));
  tone = mix(0.65 + weave_, tone, inside(border - 0.04));
  height = min(seam * 9.0, 0.3) + min(border * 5.0, 0.3);
  shade = exp(-seam * 90.0) * 0.4 + exp(-abs(border - 0.04) * 70.0) * 0.4;
  glow = k.w > 0.85 ? 0.6 * inside(border - 0.04) : 0.0;
}
