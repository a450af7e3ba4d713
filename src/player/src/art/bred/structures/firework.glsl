// Fireworks over water.
void structure(vec2 p) {
  float water = -0.72;
  float mirrored = p.y < water ? 1.0 : 0.0;
  vec2 q = mirrored > 0.5 ? vec2(p.x + noise(vec2(p.x * 3.0, p.y * 40.0)) * 0.03, 2.0 * water - p.y * 1.1 + 0.07) : p;
  float smoke = fbm(q * 1.2 + 5.0);
  tone = -0.85 - q.y * 0.08 + clamp(smoke, 0.0, 1.0) * 0.35;
  tint = smoke * 0.8;
  float light = 0.0, accent_ = 0.0, hueSum = 0.0, halo = 0.0;
  for (int i = 0; i < 6; i++) {
    vec4 h = hash(vec2(float(i), 14.0)), k = hash(vec2(float(i), 15.0));
    vec2 o = vec2((h.x - 0.5) * 2.5, 0.1 + h.y * 0.8);
    float R = (0.28 + 0.42 * h.z) * (1.0 + 0.06 * loudness);
    vec2 d = q - o;
    float r = length(d) / R;
    d.y += 0.14 * r * r * R;
    float t = angle(d);
    r = length(d) / R;
    float n = floor(18.0 + 30.0 * k.x);
    for (int ring = 0; ring < 2; ring++) {
      float shell = 1.0 - 0.38 * float(ring);
      float u = t * n + 0.5 * float(ring);
      float c = floor(u), g = u - c - 0.5;
      vec4 s = hash(vec2(c, float(i) * 7.0 + float(ring)));
      float reach = shell * (0.78 + 0.22 * s.x);
      float wide = abs(g + (s.y - 0.5) * 0.4) / n * 6.28 * r * R;
      float tail = clamp(r / reach, 0.0, 1.0);
      float streak = line(wide, 0.0035 + 0.002 * tail) * tail * tail * step(r, reach) * (0.55 + 0.45 * wave(r * 9.0 + s.z));
      float head = bell(length(vec2(wide, (r - reach) * R)) * 85.0);
      light += streak * 0.75 + head * 1.3;
      accent_ += (streak + head) * step(0.5, k.y) * (ring == 0 ? 1.0 : 0.3);
      hueSum += (streak + head) * (k.z - 0.5) * 3.0;
    }
    halo += exp(-r * r * 1.6) * 0.22 * (0.4 + k.w);
    vec2 tailAt = q - o;
    light += line(tailAt.x + noise(vec2(q.y * 3.0, float(i))) * 0.03, 0.003) * step(tailAt.y, 0.0) * exp(tailAt.y * 2.2) * 0.5;
  }
  float shore = inside(-0.7 + 0.05 * noise(vec2(p.x * 4.0, 0.0)) + 0.07 * hash(vec2(floor(p.x * 18.0), 7.0)).x - p.y) * (1.0 - mirrored);
  float dim = mirrored > 0.5 ? 0.55 : 1.0;
  tone += (light * 1.15 + halo * (1.0 + smoke)) * dim;
  tint += clamp(hueSum, -1.6, 1.6) + halo;
  glow = clamp(accent_ * dim, 0.0, 0.9) * (1.0 - shore);
  tone = mix(tone, -0.95, shore);
}
