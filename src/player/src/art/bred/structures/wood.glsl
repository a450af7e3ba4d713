// The grain of planks, with knots.
void structure(vec2 p) {
  float wide = shape(0);
  float plank = floor(p.y / wide);
  vec4 h = hash(vec2(plank, 2.0));
  float y = p.y / wide - plank - 0.5;
  float x = p.x + h.x * 40.0;
  float end_ = x * 0.35 + h.y;
  float piece = floor(end_), e = end_ - piece;
  vec4 k = hash(vec2(piece, plank + 30.0));
  vec2 q = vec2(x * 0.55, (y + k.x * 3.0) * wide * 2.2);
  float bend = noise(q * vec2(0.8, 0.6) + k.xy * 20.0) * 0.5;
  vec2 knot = vec2((e - 0.2 - 0.6 * k.z) / 0.35, (y + (k.w - 0.5) * 0.5) * wide);
  float kr = length(knot * vec2(0.7, 1.6));
  float has = h.z < shape(1) ? 1.0 : 0.0;
  bend += has * 0.45 * exp(-kr * 3.2);
  float ring = q.y * 3.0 + bend * shape(2) + has * exp(-kr * 9.0) * 3.0;
  float grain = fract(ring * 2.2);
  float late = grain * grain * grain;
  float pores = noise(vec2(x * 7.0, p.y * 190.0)) * clamp(1.4 - 380.0 * px, 0.0, 1.0) * 0.14 + noise(vec2(x * 3.0, p.y * 60.0)) * 0.12 + noise(vec2(x * 1.1, p.y * 17.0)) * 0.12;
  float ray = noise(vec2(x * 22.0, p.y * 9.0)) * 0.05;
  tone = 0.25 - late * 0.75 + pores + ray + (k.y - 0.5) * 0.65;
  tone -= has * bell(kr * 9.0) * 0.8;
  tint = (k.z - 0.5) * 0.9 - late * 0.3 + bend * 0.4;
  float gap = min((0.5 - abs(y)) * wide, min(e, 1.0 - e) / 0.35);
  float seam = inside(0.007 - gap);
  tone = mix(tone, -1.0, seam);
  height = -late * 0.05 + clamp(gap * 20.0, 0.0, 0.5) + pores * 0.2;
  shade = exp(-gap * 80.0) * 0.5;
  glow = has * bell((kr - 0.09) * 30.0) * 0.35;
}
