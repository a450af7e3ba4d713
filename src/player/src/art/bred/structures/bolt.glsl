// Lightning out of a cloud, over a dark land.
float path(float y, float s) {
  float sum = 0.0, f = 1.1, a = 0.3;
  for (int i = 0; i < 7; i++) {
    sum += noise(vec2(y * f, s + float(i) * 3.0)) * a;
    f *= 2.1;
    a *= 0.53;
  }
  return sum;
}
void structure(vec2 p) {
  float cloud = fbm(p * vec2(0.9, 1.5) + vec2(time * 0.01, 0.0));
  float roof = over(p.y - 0.35 + cloud * 0.5, 0.7);
  tone = -0.75 + cloud * 0.35 * (0.4 + roof) + 0.15 * roof;
  tint = cloud * 0.6 - roof * 0.4;
  float lit_ = 0.0, core = 0.0;
  for (int i = 0; i < 7; i++) {
    vec4 h = hash(vec2(float(i), 30.0));
    float main_ = i < 2 ? 1.0 : 0.0;
    float from = main_ > 0.5 ? 1.3 : 0.75 - h.x * 1.2;
    float parent = i % 2 == 0 ? 0.0 : 50.0;
    float start = path(from, parent) + (parent > 1.0 ? shape(0) : -shape(0) * 0.4) ;
    float fall = clamp(from - p.y, 0.0, 3.0);
    float x = main_ > 0.5 ? path(p.y, parent) + (parent > 1.0 ? shape(0) : -shape(0) * 0.4)
      : start + (h.y - 0.5) * 2.2 * fall + path(p.y, 7.0 + float(i) * 9.0) * min(fall * 2.0, 1.0) - path(from, 7.0 + float(i) * 9.0) * min(fall * 2.0, 1.0);
    float long_ = main_ > 0.5 ? 2.12 : 0.3 + 0.5 * h.z;
    float alive = over(long_ - fall, 0.03) * over(from - p.y, 0.01);
    float thick = mix(0.006, 0.012, main_) * (1.0 - 0.5 * clamp(fall / long_, 0.0, 1.0));
    float d = abs(p.x - x) * 0.72;
    core = max(core, line(d, thick) * alive);
    lit_ += (bell(d * 26.0) * 0.35 + exp(-d * 5.0) * 0.3) * alive * mix(0.35, 1.0, main_);
  }
  tone += lit_ * 0.95 * (1.0 + 0.25 * cloud) + core * 1.2;
  tint += lit_ * 0.8;
  glow = clamp(core + lit_ * lit_ * 0.22, 0.0, 1.0);
  float land = inside(-0.83 + fbm(vec2(p.x * 2.3, 3.0)) * 0.2 + noise(vec2(p.x * 40.0, 1.0)) * 0.014 - p.y);
  tone = mix(tone, -0.97, land);
  glow *= 1.0 - land;
}
