// Lamps out of focus, some near, some far.
void structure(vec2 p) {
  tone = -0.75 + p.y * 0.1 + fbm(p * 0.5) * 0.35;
  tint = noise(p * 0.4) * 1.2;
  float side = floor(shape(0));
  float flare = 0.0;
  for (int i = 0; i < 34; i++) {
    vec4 h = hash(vec2(float(i), 26.0)), k = hash(vec2(float(i), 27.0));
    float r = 0.07 + 0.26 * h.z * h.z * shape(1);
    vec2 d = p - vec2((h.x - 0.5) * 3.6, (h.y - 0.5) * 2.1 - 0.2 * (1.0 - h.z)) - vec2(wave(time * 0.009 + k.w), wave(time * 0.007 + h.w)) * 0.05 * clamp(time, 0.0, 1.0);
    float l = length(d);
    float sector = fract(angle(d) * side + 0.1) - 0.5;
    float poly = side < 5.0 ? l : l * wave(sector / side + 0.25) / wave(0.5 / side + 0.25);
    float e = r - poly;
    float disc = clamp(e / max(px * 1.5, 0.004 + r * 0.08 * k.x) + 0.5, 0.0, 1.0);
    float rim = bell((e - 0.008) * 90.0) * 0.5 + bell((e - 0.02) * 30.0) * 0.25;
    float ringed = wave(l / r * (3.0 + 5.0 * k.y)) * 0.04 + noise(d * 60.0) * 0.05;
    float level = (0.35 + 0.7 * k.x) * (0.16 / (r + 0.09));
    tone += disc * (level * (0.75 + ringed) + rim * level);
    tint = mix(tint, (k.z - 0.5) * 3.0, disc * 0.6);
    glow = mix(glow, 0.75, disc * (k.y > 0.7 ? 0.5 : 0.0));
    flare += bell(l / r * 0.5) * level * 0.12;
  }
  tone = min(tone + flare, 1.1);
}
