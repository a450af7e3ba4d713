// Drops on a pane, the lamps of a street behind.
void structure(vec2 p) {
  tone = -0.8 + p.y * -0.15 + fbm(p * 0.8) * 0.2;
  float bright = 0.0, warm = 0.0;
  vec2 view = p;
  float drop = 0.0, rim = 0.0, shine = 0.0;
  for (int layer = 0; layer < 3; layer++) {
    float f = 3.0 + 4.5 * float(layer);
    vec2 u = p * vec2(f, f * 0.62) + vec2(float(layer) * 5.3, 0.0);
    float column = floor(u.x);
    u.y += hash(vec2(column, 60.0 + float(layer))).x * 7.0 + time * 0.02 * hash(vec2(column, 61.0)).y;
    vec2 c = vec2(column, floor(u.y));
    vec4 h = hash(c + vec2(0.0, float(layer) * 77.0));
    vec2 d = u - c - 0.5 - (h.xy - 0.5) * vec2(0.5, 0.4);
    d.y *= 1.5;
    float r = 0.1 + 0.19 * h.z * (layer == 0 ? 1.0 : 0.8);
    float wobble = length(d) - r * (1.0 + 0.14 * wave(angle(d) * 2.0 + h.w));
    float trail = max(abs(d.x + noise(u * 4.0) * 0.03) - r * 0.55 * clamp(1.0 - d.y * 0.45, 0.0, 1.0), -d.y);
    float in_ = clamp(-wobble / (px * f) + 0.5, 0.0, 1.0) * step(0.25, h.w);
    float tr = clamp(-trail / (px * f) + 0.5, 0.0, 1.0) * step(0.7, h.w);
    view = mix(view, p * 0.6 - d / r * 0.9, in_);
    drop = max(drop, in_);
    rim = max(rim, in_ * bell(wobble / r * 5.0));
    shine = max(shine, in_ * bell(length(d / r - vec2(-0.35, 0.4)) * 4.5));
    view = mix(view, view + vec2(d.x * 1.5, 0.0), tr);
    rim = max(rim, tr * 0.25);
  }
  for (int i = 0; i < 14; i++) {
    vec4 h = hash(vec2(float(i), 88.0)), k = hash(vec2(float(i), 89.0));
    vec2 d = view - vec2((h.x - 0.5) * 3.6, (h.y - 0.6) * 1.7);
    float r = (0.1 + 0.2 * h.z) * (1.0 + 0.05 * loudness);
    float soft_ = drop > 0.5 ? 0.05 : 0.05 + 0.1 * k.x;
    float disc = over(r - length(d), soft_) * (0.35 + 0.65 * k.y);
    bright += disc * 0.75 * (0.8 + 0.4 * bell((length(d) - r) * 20.0));
    warm += disc * (k.z - 0.5) * 3.0;
    glow = max(glow, disc * (k.w > 0.7 ? 0.8 : 0.0));
  }
  tone += min(bright, 1.5) * 0.95 + shine * 0.9 - rim * 0.25;
  tint = clamp(warm, -1.5, 1.5);
  shade = rim * 0.6;
  tone += noise(p * 70.0) * 0.03;
}
