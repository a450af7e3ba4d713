// The plan of a town: streets, blocks, a river and parks.
vec4 blocks(vec2 p, float s) {
  vec2 c = floor(p);
  float near = 9.0;
  vec2 to = vec2(0.0), id = vec2(0.0);
  for (int i = 0; i < 9; i++) {
    vec2 g = c + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
    vec2 d = g + 0.5 + (hash(g + s).xy - 0.5) * 0.75 - p;
    if (max(abs(d.x), abs(d.y)) + 0.3 * length(d) < near) { near = max(abs(d.x), abs(d.y)) + 0.3 * length(d); to = d; id = g; }
  }
  float border = 9.0;
  for (int i = 0; i < 9; i++) {
    vec2 g = c + vec2(float(i % 3) - 1.0, float(i / 3) - 1.0);
    vec2 d = g + 0.5 + (hash(g + s).xy - 0.5) * 0.75 - p;
    float m = max(abs(d.x), abs(d.y)) + 0.3 * length(d);
    border = m > near + 0.00001 ? min(border, (m - near) * 0.42) : border;
  }
  return vec4(border, near, id);
}
void structure(vec2 p) {
  float river = abs(p.y * 0.5 + p.x * shape(0) * 0.3 + noise(p * 0.35) * 0.9 + noise(p * 1.1) * 0.2) - 0.16;
  vec4 big = blocks(p * 0.5, 0.0);
  vec2 q = turned(p, hash(big.zw + 9.0).x * 0.25);
  vec4 mid = blocks(q * 1.5 + hash(big.zw).xy * 9.0, 40.0);
  vec4 lot = blocks(q * 4.5 + 3.0, 80.0);
  vec4 h = hash(mid.zw + vec2(0.0, 200.0)), k = hash(lot.zw + vec2(0.0, 300.0));
  float avenue = inside(0.055 - big.x * 2.0), street = inside(0.022 - mid.x / 1.5);
  float alley = lot.x / 4.5;
  float park = h.x > 0.84 ? 1.0 : 0.0;
  float house = inside(alley - 0.012) * (1.0 - park) * (k.x > 0.12 ? 1.0 : 0.0);
  float roof = (k.y - 0.5) * 0.5 + (fract(k.z * 7.0) > 0.5 ? lot.y * 0.3 : 0.0);
  tone = -0.35 + (h.y - 0.5) * 0.3;
  tone = mix(tone, 0.1 + roof + (h.y - 0.5) * 0.4, house);
  float trees = over(noise(p * 21.0) + noise(p * 47.0) * 0.5 - 0.1, 0.3);
  tone = mix(tone, -0.25 + trees * 0.35, park);
  tone = mix(tone, 0.6, street);
  tone = mix(tone, 0.85, avenue);
  tone = mix(tone, -0.6, avenue * line(big.x * 2.0, 0.005));
  float water = inside(-river) * (1.0 - avenue);
  float bank = inside(0.05 - river) * (1.0 - avenue);
  tone = mix(tone, 0.4, bank * (1.0 - water));
  tone = mix(tone, -0.85 + wave(river * 9.0 + noise(p * 2.0) * 0.4) * 0.06, water);
  tint = mix((h.z - 0.5) * 1.4 + (k.w - 0.5) * 0.5, -1.4, water);
  tint = mix(tint, 1.3, park * (1.0 - water));
  height = house * 0.25 * (0.5 + k.x);
  shade = (1.0 - house) * exp(-max(0.03 - alley, 0.0) * 30.0) * 0.15;
  glow = h.w > 0.93 ? house * 0.8 : 0.0;
}
