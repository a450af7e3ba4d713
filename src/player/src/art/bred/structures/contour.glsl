// The lines of a map: land by its heights.
float land(vec2 p) { return fbm(p) + 0.35 * noise(p * 0.5 + 9.0) - loudness * 0.02; }
void structure(vec2 p) {
  float e = 0.01;
  float h = land(p);
  vec2 slope = vec2(land(p + vec2(e, 0.0)) - h, land(p + vec2(0.0, e)) - h) / e;
  float steep = length(slope) + 0.08;
  float levels = shape(0);
  float u = h * levels + time * 0.004;
  float near = abs(fract(u + 0.5) - 0.5) / levels / steep;
  float fifth = abs(fract(u * 0.2 + 0.5) - 0.5) * 5.0 / levels / steep;
  float ink = max(line(near, 0.0045), line(fifth, 0.011));
  float step_ = (floor(u) + 0.5) / levels;
  float lamp = dot(slope, net[12].xy);
  float water = over(shape(1) - h, 0.01);
  tone = mix(step_ * 1.7 + clamp(-lamp * 0.3, -0.4, 0.4) * shape(2), -0.6 + h * 0.7, water);
  tone = mix(tone, mix(-0.85, 0.35, water), ink * 0.85);
  tint = mix(step_ * 2.2, -1.2, water);
  height = h * 0.4;
  glow = line(h - shape(1), 0.004 * steep) * 0.8;
}
