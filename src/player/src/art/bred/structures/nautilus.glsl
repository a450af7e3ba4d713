// A shell's spiral, chamber after chamber.
void structure(vec2 p) {
  vec2 c = p - vec2(shape(0), shape(1)) * 0.3;
  float r = max(length(c), 0.008), t = angle(c);
  float grow = shape(2);
  float turn_ = log2(r) / grow;
  float whorl = floor(turn_ - t);
  float in_ = turn_ - t - whorl;
  float along = whorl + t;
  float wide = r * grow * 0.6931472;
  float septa = along * floor(shape(3)) + 0.9 * in_ - 1.1 * in_ * in_ - time * 0.01;
  float cell = floor(septa), g = septa - cell;
  vec4 h = hash(vec2(cell, 3.0));
  float wall = min(in_, 1.0 - in_) * wide;
  float septum = min(g, 1.0 - g) * r * 6.2831853 / floor(shape(3));
  float thick = wide * 0.035;
  float ink = max(inside(thick - wall), inside(thick * 0.6 - septum) * 0.9);
  float dome = sqrt(max(1.0 - (in_ * 2.0 - 1.0) * (in_ * 2.0 - 1.0), 0.0));
  float pearl = wave(in_ * 1.3 + g * 0.8 + h.x * 0.3) * 0.2;
  float lines = wave(septa * 6.0) * 0.05 + wave(in_ * 14.0 + noise(c / r * 2.0) * 0.5) * 0.05;
  tone = -0.35 + g * 0.75 + dome * 0.3 + pearl + lines + (h.y - 0.5) * 0.15;
  tone = mix(tone, 0.85, ink);
  tint = whorl * 0.25 + g * 1.2 - 0.5 + pearl * 2.0;
  height = (dome * 0.5 + g * 0.25) * min(r * 1.5, 1.0);
  shade = exp(-g * 7.0) * 0.6 * (1.0 - ink) + exp(-wall / wide * 14.0) * 0.3 * (1.0 - ink);
  glow = bell((g - 0.7) * 4.0) * dome * h.z * 0.7 * (1.0 - ink);
}
