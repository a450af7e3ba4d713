// Waves of one length in many directions: the labyrinths of Turing.
void structure(vec2 p) {
  float sum = 0.0, dx = 0.0, dy = 0.0;
  for (int i = 0; i < 14; i++) {
    vec4 h = hash(vec2(float(i), 12.0));
    float t = (float(i) + h.x) / 28.0;
    vec2 way = vec2(wave(t + 0.25), wave(t)) * (0.92 + 0.16 * h.y);
    float u = dot(p, way) + h.z + time * 0.006 * (h.w - 0.5);
    sum += wave(u);
    dx += wave(u + 0.25) * way.x;
    dy += wave(u + 0.25) * way.y;
  }
  float slope = length(vec2(dx, dy)) * 6.2831853 + 2.0;
  float level = sum - shape(0);
  float d = level / slope;
  float body = inside(d);
  float dome = 1.0 - exp(-max(d, 0.0) * 11.0);
  float field = noise(p * 0.19 + 4.0);
  float pores = noise(p * 7.0) * 0.09 + noise(p * 19.0) * 0.06;
  tone = mix(-0.72 + pores + field * 0.25 - exp(-max(-d, 0.0) * 9.0) * 0.25, 0.05 + dome * 0.7 + field * 0.3 + pores, body);
  tint = field * 1.8 + (body - 0.5) * shape(1) * 1.5;
  height = dome * 0.55;
  shade = (1.0 - body) * exp(d * 12.0) * 0.5;
  glow = body * bell((d - 0.03) * 40.0) * shape(2) * 0.8;
}
