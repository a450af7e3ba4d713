// Folded paper in zigzags, each face in its own light.
void structure(vec2 p) {
  float f = shape(0);
  vec2 u = p * vec2(1.0, f);
  float row = floor(u.y), gy = u.y - row;
  float odd = fract(row * 0.5) > 0.25 ? 1.0 : 0.0;
  float shift = mix(gy, 1.0 - gy, odd) * shape(1);
  float x = u.x + shift + noise(vec2(u.x * 0.3, u.y * 0.2)) * 0.1;
  float col = floor(x), gx = x - col;
  float odd2 = fract(col * 0.5) > 0.25 ? 1.0 : 0.0;
  vec4 h = hash(vec2(col, row));
  vec2 n = vec2(mix(1.0, -1.0, odd2), mix(0.6, -0.6, odd));
  float lamp = dot(n, net[12].xy);
  float edge = min(min(gx, 1.0 - gx), min(gy, 1.0 - gy) / f);
  float field = noise(vec2(col, row) * 0.17);
  float along = mix(gx, 1.0 - gx, odd2);
  tone = lamp * 0.55 + field * 0.45 + (h.x - 0.5) * 0.16 + (along - 0.5) * 0.3 + noise(p * 28.0) * 0.04;
  tone += line(edge, 0.007) * (odd2 > 0.5 ? 0.35 : -0.35);
  tint = field * 1.9 + lamp * 0.4 + (h.y - 0.5) * 0.3;
  height = 0.0;
  shade = clamp(-lamp, 0.0, 1.0) * exp(-along * 3.0) * 0.5;
  glow = h.z > 0.93 ? 0.8 : 0.0;
}
