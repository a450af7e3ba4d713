// A board that bulges and sinks.
void structure(vec2 p) {
  vec2 q = p;
  float sum = 0.0, squeeze = 1.0;
  for (int i = 0; i < 4; i++) {
    vec4 h = hash(vec2(float(i), 18.0));
    vec2 c = vec2((h.x - 0.5) * 2.4, (h.y - 0.5) * 1.8);
    float r = 0.45 + 0.5 * h.z;
    vec2 d = q - c;
    float l = dot(d, d) / (r * r);
    float swell = max(1.0 - l, 0.0);
    float way = h.w < 0.65 ? -0.55 : 0.8;
    q = c + d * (1.0 + way * swell * swell * (1.0 + 0.1 * wave(time * 0.03 + h.x) * loudness));
    sum += swell * swell * (way < 0.0 ? 1.0 : -1.0);
    squeeze *= 1.0 + way * swell * 0.6;
  }
  float f = shape(0);
  vec2 u = q * f;
  float round_ = shape(1) < 0.5 ? 1.0 : 0.0;
  vec2 c = floor(u), g = u - c - 0.5;
  float odd = fract((c.x + c.y) * 0.5) > 0.25 ? 1.0 : 0.0;
  float w = px * f * max(squeeze, 0.3);
  float size_ = 0.16 + 0.26 * (0.5 + 0.5 * wave(length(c) * 0.07 + shape(2)));
  float disc = clamp((size_ - length(g)) / w + 0.5, 0.0, 1.0);
  vec2 e = 0.5 - abs(g);
  float check = mix(0.5, odd, clamp(min(e.x, e.y) / w + 0.5, 0.0, 1.0));
  float mark = mix(check, abs(disc - odd), round_);
  vec4 h = hash(floor(c * 0.34));
  tone = mix(-0.85, 0.75, mark) + sum * 0.22;
  tint = (h.x - 0.5) * shape(3) * 2.5 + sum;
  height = sum * 0.6;
  shade = clamp(-sum * 0.7, 0.0, 0.7);
  glow = h.y > 0.86 ? mark * 0.7 : 0.0;
}
