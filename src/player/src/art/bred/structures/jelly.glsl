// Jellyfish in deep water, with their threads.
void structure(vec2 p) {
  float beam = noise(vec2(p.x * 2.2 + p.y * 0.8, 3.0)) * 0.5 + noise(vec2(p.x * 6.0 + p.y * 2.0, 8.0)) * 0.25;
  tone = -0.7 + clamp(p.y + 0.6, 0.0, 2.0) * 0.22 * (1.0 + beam) + fbm(p * 1.5) * 0.1;
  tint = -p.y * 0.5;
  vec4 m = hash(floor(p * 15.0));
  tone += bell(length(fract(p * 15.0) - m.xy) * 14.0) * m.z * 0.5;
  for (int i = 0; i < 5; i++) {
    vec4 h = hash(vec2(float(i), 23.0)), k = hash(vec2(float(i), 24.0));
    float s = shape(0) * (0.35 + 0.16 * float(i)) * (0.8 + 0.4 * h.z);
    float beat = wave(time * 0.08 + h.w) * clamp(time, 0.0, 1.0) * (0.04 + 0.03 * loudness);
    vec2 d = turned((p - vec2((h.x - 0.5) * 2.5, (h.y - 0.35) * 1.5)) / s, (k.x - 0.5) * 0.12);
    d.x /= 1.0 + beat;
    float r = length(d * vec2(1.0, 1.18));
    float skirt = -0.12 + 0.06 * wave(d.x * 2.4 + 0.25) + 0.025 * wave(d.x * 9.0);
    float dist = min(1.0 - r, d.y - skirt) * s;
    float bellBody = inside(dist);
    float z = sqrt(max(1.0 - r * r, 0.0));
    float rib = wave(d.x / max(z + 0.25, 0.2) * 4.0 + 0.25);
    float rim = exp(-max(dist, 0.0) / s * 9.0);
    float organ = bell((length(abs(d - vec2(0.0, 0.35)) - vec2(0.26, 0.1)) - 0.16) * 9.0);
    float tentacle = 0.0;
    float down = -d.y + 0.05;
    for (int j = 0; j < 7; j++) {
      vec4 q = hash(vec2(float(j) + 10.0 * float(i), 25.0));
      float x0 = (float(j) - 3.0) * 0.27;
      float x = x0 * (1.0 - 0.08 * down) + noise(vec2(down * 1.1 + q.x * 9.0 - time * 0.03, q.y * 30.0)) * 0.2 * min(down, 1.5) + noise(vec2(down * 3.5, q.z * 40.0)) * 0.05;
      float frill = (j == 2 || j == 3 || j == 4 ? 0.075 : 0.013) * (1.0 + 0.4 * noise(vec2(down * 9.0, q.w * 20.0)));
      float long_ = 1.3 + 1.6 * q.x;
      float f = inside((frill * (1.0 - down / long_ * 0.7) - abs(d.x - x)) * s) * step(0.0, down) * clamp((long_ - down) * 2.0, 0.0, 1.0);
      tentacle = max(tentacle, f * (j == 2 || j == 3 || j == 4 ? 0.45 + 0.25 * noise(vec2(down * 6.0, d.x * 22.0)) : 0.75) * (1.0 - down / long_ * 0.7));
    }
    float halo = exp(-max(r - 0.8, 0.0) * 2.2) * 0.12;
    float near = 0.5 + 0.12 * float(i);
    tone = mix(tone + halo * near, 0.45 * near + 0.3, tentacle * near * (1.0 - bellBody));
    tone = mix(tone, tone * 0.25 - 0.05 + rim * 0.6 + rib * 0.13 * (1.0 - z * 0.5) + organ * 0.5 + z * 0.22 + d.y * 0.2, bellBody * near * 1.1);
    tint = mix(tint, (k.y - 0.5) * 1.8 + d.y * 0.7, max(bellBody, tentacle) * near);
    glow = mix(glow, clamp(organ * 0.7 + rim * 0.25, 0.0, 0.8), bellBody * near);
    glow = max(glow, tentacle * (1.0 - bellBody) * 0.3);
  }
}
