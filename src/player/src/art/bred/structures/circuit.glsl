// Traces and pads of a printed circuit.
void structure(vec2 p) {
  vec2 c = floor(p), g = p - c - 0.5;
  vec4 h = hash(c);
  float w = 0.075;
  float n = floor(h.x * 5.0);
  // Each tile joins the middles of its edges, so that traces run on.
  float straight = min(abs(g.x), abs(g.y));
  vec2 m = h.y < 0.5 ? g : vec2(-g.x, g.y);
  float bevel = min(abs(m.x + m.y - 0.5), abs(m.x + m.y + 0.5)) * 0.70710678;
  float d = n < 2.5 ? bevel : straight;
  float pad = length(g) - 0.2 - 0.06 * h.z;
  float hasPad = n > 2.5 && h.w > 0.45 ? 1.0 : 0.0;
  vec2 b = floor(p / 4.0), bg = p / 4.0 - b - 0.5;
  vec4 k = hash(b + vec2(70.0, 0.0));
  vec2 chip = abs(bg) - vec2(0.2 + 0.14 * k.x, 0.2 + 0.14 * k.y);
  float box = max(chip.x, chip.y) * 4.0;
  float hasChip = k.z < shape(0) ? 1.0 : 0.0;
  float trace = max(inside(w - d), hasPad * inside(-pad)) * (1.0 - hasPad * inside(-pad - 0.1));
  float thin = line(abs(d - 0.17), 0.014) * (1.0 - trace);
  float flow = bell((fract(c.x * 0.13 + c.y * 0.17 + g.x * 0.13 + g.y * 0.17 - time * 0.05) - 0.5) * 5.0);
  float field = noise(p * 0.17);
  tone = -0.6 + field * 0.35 + noise(p * 8.0) * 0.04;
  tone = mix(tone, -0.25 + field * 0.3, thin * 0.7);
  tone = mix(tone, 0.4 + field * 0.3 + bell(d * 22.0) * 0.25, trace);
  float inChip = hasChip * inside(-box);
  vec2 pin = abs(fract(bg * 16.0) - 0.5);
  float legs = hasChip * inside(0.22 - box) * (1.0 - inChip) * step(0.22, max(pin.x, pin.y) > 0.25 && abs(box - 0.1) < 0.16 ? 1.0 : 0.0);
  tone = mix(tone, 0.75, legs * 0.8);
  float mark = line(length(bg - vec2(-0.12, 0.12)) - 0.022, 0.004) + line(fract(bg.y * 22.0) - 0.5, 0.12) * step(abs(bg.y), 0.07) * step(abs(bg.x), 0.13) * step(0.4, hash(floor(bg * 70.0)).x);
  tone = mix(tone, -0.85 + 0.1 * exp(box * 9.0) + mark * 0.8 + noise(p * 22.0) * 0.04, inChip);
  tint = field * 1.6 + trace * 0.6 - inChip * 0.7;
  height = trace * 0.3 + inChip * 0.5 + legs * 0.2;
  shade = hasChip * (1.0 - inChip) * exp(-max(box, 0.0) * 6.0) * 0.6;
  glow = trace * flow * (1.0 - inChip) * 0.9;
}
