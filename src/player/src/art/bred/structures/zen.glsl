// Raked sand around stones.
void structure(vec2 p) {
  float ground = p.y + noise(p * 0.5) * 0.12, near = 9.0, dark = 0.0;
  vec2 light = net[12].xy;
  float stoneTone = 0.0, body = 0.0, moss = 0.0;
  for (int i = 0; i < 5; i++) {
    vec4 h = hash(vec2(float(i), 21.0)), k = hash(vec2(float(i), 22.0));
    vec2 d = p - vec2((h.x - 0.5) * 2.6, (h.y - 0.5) * 1.7);
    float r = shape(0) * (0.35 + 0.9 * h.z);
    vec2 q = turned(d, h.w) * vec2(1.0, 1.35);
    float rough = noise(q * 4.0 + h.xy * 30.0) * 0.03 + noise(q * 13.0 + h.xy * 30.0) * 0.012;
    float e = length(q) - r + rough;
    near = min(near, e);
    dark = max(dark, exp(-max(length(turned(d + light * r * 0.5, h.w) * vec2(1.0, 1.35)) - r * 0.96, 0.0) * 14.0));
    float in_ = inside(-e);
    float z = sqrt(max(1.0 - (length(q) * length(q)) / (r * r), 0.0));
    float lamp = clamp(dot(d / r, light) * 0.7 + z * 0.55, 0.0, 1.0);
    float grain = fbm(q * 9.0 + h.zw * 20.0);
    stoneTone = mix(stoneTone, -0.85 + lamp * 0.95 + grain * 0.4 + (k.x - 0.5) * 0.3, in_);
    moss = mix(moss, over(grain + k.y - 0.75, 0.2) * (1.0 - z * 0.5), in_);
    body = max(body, in_);
  }
  float k = bell(near * 2.2);
  float rows = mix(ground, near, step(0.02, k - shape(1) * 0.6));
  rows = near < shape(1) ? near : ground;
  float f = shape(2);
  float rake = wave(rows * f) ;
  float fine = clamp(1.4 - f * px * 2.0, 0.0, 1.0);
  float step_ = line(near - shape(1), 0.008);
  tone = 0.35 + rake * 0.18 * fine + noise(p * 60.0) * 0.07 + noise(p * 150.0) * 0.06 * clamp(1.4 - 300.0 * px, 0.0, 1.0) + noise(p * 0.7) * 0.15 - step_ * 0.2;
  height = rake * 0.035 * fine * (1.0 - body);
  tint = noise(p * 0.6 + 3.0) * 0.5;
  shade = dark * 0.75 * (1.0 - body);
  tone = mix(tone, stoneTone, body);
  tint = mix(tint, 0.8 - moss * 1.6, body);
  glow = moss * body * 0.6;
}
