// Circles, quarters, bars and triangles of plain colours.
void structure(vec2 p) {
  vec2 c = floor(p);
  vec4 big = hash(floor(c * 0.5) + vec2(300.0, 0.0));
  float two = big.x < shape(0) ? 2.0 : 1.0;
  vec2 q = p / two;
  c = floor(q);
  vec2 g = q - c;
  vec4 h = hash(c + vec2(two * 40.0, 0.0)), k = hash(c + vec2(two * 40.0, 500.0));
  float unit = two;
  float turn_ = floor(h.y * 4.0);
  vec2 m = turn_ < 0.5 ? g : turn_ < 1.5 ? vec2(1.0 - g.y, g.x) : turn_ < 2.5 ? 1.0 - g : vec2(g.y, 1.0 - g.x);
  float kind = floor(h.x * 9.0);
  float l = length(m), mid = length(m - 0.5);
  float d = kind < 0.5 ? 1.0 - l
    : kind < 1.5 ? 0.5 - length(m - vec2(0.5, 0.0))
    : kind < 2.5 ? 0.42 - mid
    : kind < 3.5 ? (m.x - m.y) * 0.7071
    : kind < 4.5 ? (abs(fract(m.x * 3.0) - 0.5) - 0.25) / 3.0
    : kind < 5.5 ? (abs(fract(l * 4.0) - 0.5) - 0.25) / 4.0
    : kind < 6.5 ? 0.25 - abs(m.x - 0.5)
    : kind < 7.5 ? min(1.0 - l, 1.0 - length(1.0 - m))
    : 0.13 - length(fract(m * 3.0) - 0.5) / 3.0;
  d *= unit;
  float body = inside(d);
  float inner = kind < 3.0 && k.w > 0.5 ? inside(d - 0.24 * unit) : 0.0;
  float ground = floor(k.x * 4.0) / 3.0 * 1.5 - 0.8;
  float ink = floor(k.y * 4.0) / 3.0 * 1.5 - 0.75;
  ink = abs(ink - ground) < 0.3 ? (ground > 0.0 ? ground - 1.1 : ground + 1.1) : ink;
  float third = floor(k.z * 3.0) * 0.8 - 0.8;
  tone = mix(mix(ground, ink, body), third, inner);
  tone += noise(p * 3.0) * 0.05 + noise(p * 40.0) * 0.03;
  tint = mix((k.z - 0.5) * 2.2, (h.z - 0.5) * 2.2, body);
  glow = (h.w > 0.8 ? body * (1.0 - inner) : h.w > 0.72 ? inner : 0.0) * 0.95;
  height = body * 0.1;
  shade = (1.0 - body) * exp(d * 22.0 / unit) * 0.12;
}
