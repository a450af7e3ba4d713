/** The formulas of the families in GLSL. The server's Forms holds the same ones under the same names; a change here is a change there. */
export const FORMS: string = `
struct Sample { float tone; float tint; float height; float glow; float shade; };

float wave(float turns) { return sin(6.28318530718 * (turns - floor(turns + 0.5))); }
float soft(float v) { float x = clamp(v, -3.0, 3.0); float s = x * x; return x * (s + 27.0) / (9.0 * s + 27.0); }
float bell(float v) { return exp(-v * v); }
float over(float d, float inverse) { float t = clamp(d * inverse + 0.5, 0.0, 1.0); return t * t * (3.0 - 2.0 * t); }
float angleOf(vec2 p) { return dot(p, p) == 0.0 ? 0.0 : atan(p.y, p.x) / 6.28318530718; }
float shape(int i) { return P[11 + i / 4][i - 4 * (i / 4)]; }
vec4 site(int i) { return P[14 + i]; }

Sample ripple(vec2 p, float sharp) {
  float far = 1.0 / (1.15 - clamp(p.y * shape(0), -0.8, 0.8));
  vec2 q = vec2(p.x * far, p.y * far * (1.0 + shape(0)));
  float height = 0.0, rim = 0.0;
  for (int i = 0; i < 8; i++) {
    vec4 s = site(i);
    float spread = length(q - s.xy) - s.z;
    height += wave(spread * shape(2)) * bell(spread * shape(1)) * (1.15 - s.z * 0.7);
    rim += bell((spread - shape(3)) * shape(1) * 4.0) * (1.0 - s.z * 0.8) * s.w;
  }
  float swell = wave(q.x * 0.23 + q.y * 0.61 + shape(4)) * 0.5;
  return Sample(swell * 0.5 + p.y * shape(5) + height * shape(6), swell + p.y, height + swell * 0.2, clamp(rim, 0.0, 1.0), 0.0);
}

Sample rosette(vec2 p, float sharp) {
  float radius = length(p), angle = angleOf(p) * shape(0);
  float cosine = wave(angle + 0.25), sine = wave(angle);
  Sample m = Sample(shape(4) + radius * 0.25, radius - 1.0, 0.0, 0.0, 0.0);
  for (int i = 0; i < 8; i++) {
    vec4 s = site(i);
    float petal = (cosine * s.y - sine * s.z) * 0.5 + 0.5;
    float tip = sqrt(petal + 0.02);
    float edge = (1.0 + shape(1) * (tip - 1.0)) * s.x;
    float depth = edge - radius;
    float cover = over(depth, min(sharp, 160.0));
    float vein = wave(angle * 3.0 + s.w) * shape(6);
    m.tone = mix(m.tone, s.w + shape(2) * (radius / edge - 0.6) + vein, cover);
    m.tint = mix(m.tint, petal * 0.8 - (0.9 - 0.22 * float(i)), cover);
    m.height = mix(m.height, tip * 0.5 + float(i) * 0.3, cover);
    float shadow = exp(min(depth, 0.0) * (14.0 / (s.x + 0.3))) * shape(3);
    m.shade = max(m.shade, shadow) * (1.0 - cover);
  }
  m.glow = over(shape(5) - radius, min(sharp, 60.0));
  return m;
}

Sample ridge(vec2 p, vec2 still, float sharp) {
  float distance = length(still - vec2(shape(2), shape(3)));
  float disc = over(shape(4) - distance, sharp);
  float halo = exp(min(shape(4) - distance, 0.0) * 3.0) * shape(5);
  Sample m = Sample(shape(0) + shape(1) * p.y + halo * 0.6, p.y * -0.6, 0.0, max(disc, halo * 0.5), 0.0);
  for (int i = 0; i < 7; i++) {
    vec4 s = site(i);
    float along = p.x * s.z + s.w;
    float line = wave(along) + wave(along * 2.3 + s.w) * 0.45 + wave(along * 5.1 + s.w * 3.0) * 0.22 * shape(9)
      + wave(along * 11.7 + s.w * 5.0) * 0.1 * shape(9);
    float depth = line * s.y + s.x - p.y;
    float cover = over(depth, sharp), share = float(i) / 6.0;
    m.tone = mix(m.tone, mix(shape(7), shape(8), share) + shape(6) * (1.0 - exp(max(depth, 0.0) * -2.2)), cover);
    m.tint = mix(m.tint, share * 1.4 - 0.7, cover);
    m.glow *= 1.0 - cover;
  }
  return m;
}

Sample marble(vec2 p) {
  float bend = wave(p.y * shape(2) + shape(5));
  float u = p.x * shape(0) + bend * shape(1);
  float v = p.y * shape(3) + wave(p.x * shape(2) + u * 0.5) * 0.35;
  float band = wave(u);
  float vein = bell(wave(v + band * 0.15) * shape(4));
  return Sample(band * 0.85, wave(v * 0.5), band * 0.5 + vein * 0.4, vein * (band * 0.35 + 0.65), 0.0);
}

Sample glass(vec2 p, float sharp) {
  float nearest = 1e6, second = 1e6, tone = 0.0, tint = 0.0;
  for (int i = 0; i < 24; i++) {
    vec4 s = site(i);
    float distance = length(p - s.xy);
    second = min(second, max(nearest, distance));
    if (distance < nearest) { tone = s.z; tint = s.w; nearest = distance; }
  }
  float lead = 1.0 - over(second - nearest - shape(0), min(sharp * 0.5, 70.0));
  float squared = nearest * nearest;
  return Sample(
    tone + shape(4) * (0.7 - length(p)) + (0.16 - nearest) * shape(1), tint, -squared * shape(2) - lead * 0.06,
    ((tint > 0.72 ? 0.9 : 0.0) + exp(squared * shape(3) * -6.0)) * (1.0 - lead), lead);
}

Sample aurora(vec2 p, vec2 still, float sharp) {
  Sample m = Sample(shape(3) + exp(abs(p.y - shape(4)) * -2.5) * 0.4, p.y * 0.4, 0.0, 0.0, 0.0);
  for (int i = 0; i < 4; i++) {
    vec4 s = site(i);
    float along = p.x * s.z + s.w;
    float above = p.y - ((wave(along) + wave(along * 2.3 + s.w) * 0.35) * s.y + s.x);
    float streak = p.x * shape(0) + wave(p.x * (shape(0) * 0.43) + s.w) * 0.4 + s.w * 7.0;
    float rays = 1.0 - shape(1) * (1.0 + wave(streak) * 0.6 + wave(streak * 2.7) * 0.3);
    float light = over(above, 11.0) * exp(max(above, 0.0) / -shape(2) * 3.2) * rays;
    m.tone += light * shape(5);
    m.tint += light * (0.45 - above) * 1.6;
    m.glow += light * bell((above - 0.08) * 7.0) * 0.7;
  }
  m.glow = clamp(m.glow, 0.0, 1.0);
  float crest = wave(still.x * 0.31 + shape(6)) * 0.11 + wave(still.x * 0.83 + shape(6) * 3.0) * 0.05
    + wave(still.x * 2.3 + shape(6) * 7.0) * 0.018;
  float land = over(crest - still.y - 0.72, sharp);
  m.tone = mix(m.tone, -1.6, land);
  m.glow *= 1.0 - land;
  return m;
}

Sample orbit(vec2 p, float sharp) {
  Sample m = Sample(shape(0) + shape(1) * p.y, p.x * 0.3, 0.0, 0.0, 0.0);
  for (int i = 0; i < 9; i++) {
    vec4 s = site(i);
    float distance = length(p - s.xy), depth = s.z - distance;
    float cover = over(depth, sharp), along = distance / s.z;
    m.tone += cover * (along * 0.5 + 0.45 + wave(along * shape(3)) * shape(4)) * s.w;
    m.tint += cover * s.w * 0.5;
    float ring = 1.0 - over(abs(depth) - shape(2), sharp);
    m.glow = max(m.glow, ring * (s.w > 0.2 ? 1.0 : 0.0));
    float shadow = exp(min(depth, 0.0) * shape(5)) * (1.0 - cover);
    m.shade = max(m.shade * (1.0 - cover * 0.6), shadow * max(s.w, 0.0));
  }
  return m;
}

Sample silk(vec2 p) {
  float u = p.x * shape(0) + wave(p.y * shape(5)) * 0.3;
  float fold = wave(u), height = fold + wave(u * 2.0 + p.y * 0.35 + fold * 0.2) * shape(1);
  return Sample(height * 0.6 + wave(u * shape(3)) * shape(4), wave(u * 0.5 + p.y * 0.3), height, bell((height - shape(2)) * 2.2), 0.0);
}

Sample prism(vec2 p, float sharp) {
  Sample m = Sample(shape(4) * p.y - 0.35, 0.0, 0.0, 0.0, 0.0);
  for (int i = 0; i < 11; i++) {
    vec4 s = site(i);
    float depth = dot(p, s.xy) - s.z;
    float cover = over(depth, sharp);
    float fade = mix(exp(max(depth, 0.0) * -shape(0)), 1.0, shape(1));
    m.tone += cover * fade * shape(3) * s.w;
    m.tint += cover * fade * s.w * 0.7;
    float edge = 1.0 - over(abs(depth) - shape(2) * 0.3, min(sharp, 120.0));
    m.glow = max(m.glow, edge * max(s.w, 0.0));
    m.shade = max(m.shade, (1.0 - cover) * exp(min(depth, 0.0) * 6.0) * max(-s.w, 0.0));
  }
  return m;
}

Sample weave(vec2 p, float sharpness) {
  vec2 q = p * shape(0), cell = floor(q), across = (q - cell) * 2.0 - 1.0;
  float parity = cell.x + cell.y;
  bool vertical = parity - floor(parity * 0.5) * 2.0 > 0.5;
  float sharp = min(sharpness / shape(0) * 0.5, 60.0);
  float side = vertical ? across.x : across.y, len = vertical ? across.y : across.x;
  float upper = over(shape(1) - abs(side), sharp), lower = over(shape(1) - abs(len), sharp) * (1.0 - upper);
  float columnTone = wave(cell.x * shape(3)) * shape(2), rowTone = wave(cell.y * shape(4) + 0.4) * shape(2);
  float arch = 1.0 - len * len, rnd = 1.0 - side * side;
  float upperTone = (vertical ? columnTone : rowTone) + arch * shape(5) + rnd * 0.25;
  float lowerTone = (vertical ? rowTone : columnTone) - rnd * shape(5) + arch * 0.25;
  float thread = wave(side * shape(7)) * upper + wave(len * shape(7)) * lower;
  float tone = mix(shape(6), lowerTone, lower);
  return Sample(
    mix(tone, upperTone, upper) - 0.3 + thread * 0.06, (vertical ? 0.8 : -0.8) * (upper - lower),
    (arch * 0.7 + rnd * 0.3) * upper + (arch * 0.3 - rnd * 0.7) * lower, upper * bell(side * 2.5) * arch * arch,
    upper * len * len * 0.35 + (1.0 - upper) * (0.35 + rnd * 0.5));
}

Sample nebula(vec2 p, vec2 still) {
  float cloud = 0.0, amplitude = 0.5, bend = 0.0;
  vec2 q = p * shape(0);
  for (int octave = 0; octave < 5; octave++) {
    bend = wave(q.x + bend * shape(1)) * wave(q.y - bend * shape(1));
    cloud += (1.0 - abs(bend) * 2.0) * amplitude;
    q = vec2(q.x * 1.52 - q.y * 1.14 + 0.31, q.x * 1.14 + q.y * 1.52 + 0.17);
    amplitude *= 0.52;
  }
  float core = bell(length(still - vec2(shape(2), shape(3))) / shape(4)), stars = 0.0, haze = 0.0;
  for (int i = 0; i < 24; i++) {
    vec4 s = site(i);
    vec2 d = still - s.xy;
    float squared = dot(d, d), size = s.z * s.z;
    stars += size / (squared + size) * exp(squared * -160.0);
    haze += exp(squared * -30.0) * s.w;
  }
  return Sample(
    shape(5) + cloud * shape(6) + core * 1.2 + haze * 0.25 + stars * 2.2, bend + core * 1.2 - 0.4 + haze, cloud,
    clamp(core * core * (cloud + 0.5) * 0.6, 0.0, 1.0) * (1.0 - clamp(stars, 0.0, 1.0)),
    clamp((0.1 - cloud) * 1.5, 0.0, 1.0) * (1.0 - clamp(stars * 3.0, 0.0, 1.0)));
}

Sample terrace(vec2 p, float sharp) {
  float ground = p.y * shape(4) + wave(p.x * 0.4) * 0.2;
  vec2 slope = vec2(0.0, shape(4));
  for (int i = 0; i < 6; i++) {
    vec4 s = site(i);
    vec2 d = (p - s.xy) / s.z;
    float hill = exp(-dot(d, d)) * s.w;
    ground += hill;
    slope -= d * hill * (2.0 / s.z);
  }
  float level = ground * shape(0), at = floor(level), within = level - at;
  float steep = (length(slope) + 0.25) * shape(0);
  float cover = clamp(within * min(sharp * 0.7, 90.0) / steep, 0.0, 1.0);
  float height = at - 1.0 + cover;
  return Sample(
    height / shape(0) * 1.5 * shape(2) + within * 0.1, wave(height * 0.137) + ground * 0.4, height,
    bell(within / steep * 60.0 - 2.2) * shape(3), max(exp((1.0 - within) / steep * -shape(1) * 3.0), 1.0 - cover));
}

Sample formOf(vec2 p, vec2 still, float sharp) {
  switch (family) {
    case 0: return ripple(p, sharp);
    case 1: return rosette(p, sharp);
    case 2: return ridge(p, still, sharp);
    case 3: return marble(p);
    case 4: return glass(p, sharp);
    case 5: return aurora(p, still, sharp);
    case 6: return orbit(p, sharp);
    case 7: return silk(p);
    case 8: return prism(p, sharp);
    case 9: return weave(p, sharp);
    case 10: return nebula(p, still);
    default: return terrace(p, sharp);
  }
}
`;
