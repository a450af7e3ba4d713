// How a bred picture becomes of its parts. Both renderers compile this text and the text of a structure: the browser as WebGL, the server to vector code
// (ShaderCompiler says which part of the language it knows). All is pure: a colour of a point.
//
// Given: net (numbers of the genome, laid out by BredExpansion), choice (symmetry, view, material, light, first look), pixel (its width in the picture, whose shorter
// half side is 1), extent (the picture's half sides), shape(i) (numbers of the structure), motion (time, loudness, onset, brightness, hue; zero at rest), hashed, noise (of that, in [-1, 1]), and
// wave, soft, bell, angle, as in the server's Wide: sin(2πx), tanh, e^(-x²), the angle in turns.

// What a structure says of a point: the place on the palette in [-1, 1], a turn of the hue, the height of the relief, the shares of accent and of shadow.
float tone, tint, height, glow, shade;
// The width of a pixel at the point, in the structure's space.
float px;
// What view and material add: the share of the ground around the picture, and to the lightness.
float veil, lit;

float inside(float d) { return clamp(d / px + 0.5, 0.0, 1.0); }
float over(float d, float width) { float t = clamp(d / width + 0.5, 0.0, 1.0); return t * t * (3.0 - 2.0 * t); }
float line(float d, float half_) { return clamp((half_ - abs(d)) / px + 0.5, 0.0, 1.0) * clamp(half_ * 2.0 / px, 0.0, 1.0); }
float saw(float x) { return abs(fract(x) - 0.5) * 2.0; }
vec2 turned(vec2 p, float turns) {
  float c = wave(turns + 0.25), s = wave(turns);
  return vec2(p.x * c - p.y * s, p.x * s + p.y * c);
}
vec4 hash(vec2 cell) { return hashed(cell + net[14].xy); }

// Five octaves, each turned by 37 degrees.
float fbm(vec2 p) {
  float sum = 0.0, amplitude = 0.5;
  for (int octave = 0; octave < 5; octave++) {
    sum += noise(p) * amplitude;
    p = vec2(p.x * 1.6 - p.y * 1.2 + 3.7, p.x * 1.2 + p.y * 1.6 + 1.3);
    amplitude *= 0.5;
  }
  return sum;
}

// The tooth of a surface: octaves down to the pixel, and none below it.
float tooth(vec2 at) {
  float sum = 0.0, frequency = 90.0;
  for (int octave = 0; octave < 4; octave++) {
    sum += noise(at * frequency) * clamp(1.4 - frequency * pixel * 2.0, 0.0, 1.0);
    frequency *= 2.3;
  }
  return sum * 0.5;
}

// ---- material, before the point is looked at: pieces show the colour of their middle, strokes that of their start.

vec2 laid(vec2 at) {
  float scale = net[13].x;
  if (choice[2] == 5) {
    at += vec2(noise(at * 7.0 * scale), noise(at * 7.0 * scale + 31.0)) * 0.018 + vec2(noise(at * 31.0), noise(at * 31.0 + 17.0)) * 0.004;
  }
  if (choice[2] == 6) {
    float f = 26.0 * scale;
    vec2 u = at * f + vec2(noise(at * 2.1), noise(at * 2.1 + 9.0)) * 0.9;
    vec2 c = floor(u);
    vec4 h = hash(c);
    vec2 d = abs(u - c - 0.5 - (h.xy - 0.5) * 0.12);
    float rim = 0.45 - max(d.x, d.y);
    float fine = clamp(1.3 - f * pixel * 2.0, 0.0, 1.0);
    veil = (1.0 - over(rim, max(f * pixel, 0.04))) * 0.75 * fine;
    lit += ((h.z - 0.5) * 0.1 + (u.y - c.y - 0.5) * 0.06) * fine;
    at += (c + 0.5 - u) / f;
  }
  if (choice[2] == 7) {
    float f = 7.0 * scale;
    vec2 u = at * f + vec2(noise(at * 3.3), noise(at * 3.3 + 9.0)) * 0.55;
    vec2 s = u + (u.x + u.y) * 0.3660254;
    vec2 c = floor(s);
    vec2 g = s - c;
    float upper = g.x > g.y ? 1.0 : 0.0;
    vec2 middle = c + vec2(mix(0.3333, 0.6667, upper), mix(0.6667, 0.3333, upper));
    vec4 h = hash(c * 2.0 + upper);
    lit += (h.x - 0.5) * 0.12 + (g.x - g.y) * (h.y - 0.5) * 0.08;
    at += (middle - (middle.x + middle.y) * 0.2113249 - u) / f;
  }
  if (choice[2] == 8) {
    float way = noise(at * 1.3 + 5.0) * 0.16 + net[13].w * 0.5;
    vec2 u = turned(at, way);
    float row = floor(u.y * 85.0 * scale + noise(u * vec2(4.0, 9.0)) * 1.5);
    float along = u.x * 4.0 * scale + hash(vec2(row, 3.0)).x * 9.0;
    vec4 h = hash(vec2(row, floor(along)));
    u += vec2((h.x - 0.5) * 0.06, (h.y - 0.5) * 0.018);
    lit += (h.z - 0.5) * 0.07 + noise(vec2(u.x * 9.0, u.y * 310.0)) * 0.03 * clamp(1.4 - 600.0 * pixel, 0.0, 1.0);
    at = turned(u, -way);
  }
  if (choice[2] == 9) {
    float f = 11.0 * scale;
    float g = fract(at.x * f) - 0.5;
    at += vec2((g * g * g * 3.2 - g * 0.9) / f * 2.2, g * 0.012);
    lit += (0.25 - g * g) * 0.1 * g;
    lit += (bell((g - 0.32) * 16.0) - bell((g + 0.42) * 16.0)) * 0.07 * clamp(1.3 - f * pixel * 4.0, 0.0, 1.0);
  }
  if (choice[2] == 10) {
    vec2 f = vec2(24.0, 32.0) * scale;
    vec2 u = at * f;
    float way = fract(floor(u.x) * 0.5) > 0.25 ? 1.0 : -1.0;
    u.y += (fract(u.x) - 0.5) * way * 0.85;
    vec2 c = floor(u);
    vec2 g = u - c - 0.5;
    float fine = clamp(1.3 - 32.0 * scale * pixel * 2.0, 0.0, 1.0);
    float round_ = (1.0 - g.x * g.x * 3.2) * (1.0 - g.y * g.y * 3.2);
    lit += (round_ - 0.6) * 0.13 * fine + noise(u * vec2(1.5, 7.0)) * 0.025 * fine;
    at += (c + 0.5 - u) / f * vec2(0.6, 0.9);
  }
  return at;
}

// ---- view: what stands where in the picture.

vec2 viewed(vec2 p) {
  float k = net[14].z;
  if (choice[1] == 1) {
    float far = 1.0 / (1.25 - clamp(p.y, -1.6, 1.6) * (0.25 + 0.25 * k));
    px *= far;
    p = vec2(p.x * far, p.y * far * 1.5) * 1.1;
  }
  if (choice[1] == 2) {
    float r = dot(p, p);
    float bulge = 0.62 + 0.9 * r / (1.0 + r);
    px *= bulge;
    p *= bulge;
  }
  if (choice[1] == 3) {
    float r = dot(p, p);
    p = turned(p, (k - 0.5) * 1.3 * bell(sqrt(r) * 1.1) * (1.0 + 0.12 * loudness));
  }
  if (choice[1] == 4) {
    float r = length(p);
    float d = 0.84 - r;
    float ball = 0.7 + 0.45 * r * r;
    veil = max(veil, 1.0 - inside(d));
    lit += d > 0.0 ? bell(d * 14.0) * -0.06 : -0.1 * exp(d * 9.0);
    px *= ball;
    p *= ball;
  }
  if (choice[1] == 5) {
    float n = 3.0 + floor(k * 2.99);
    float wide = min(extent.x, 1.5) * 1.84 / n;
    float u = p.x / wide + n * 0.5;
    float c = clamp(floor(u), 0.0, n - 1.0);
    float g = u - c - 0.5;
    float d = min((0.47 - abs(g)) * wide, 0.86 - abs(p.y));
    veil = max(veil, 1.0 - inside(d));
    lit += d > 0.0 ? 0.0 : -0.08 * exp(d * 30.0);
    p += vec2(0.16 * (c - n * 0.5 + 0.5), (hash(vec2(c, 77.0)).x - 0.5) * 0.8);
  }
  if (choice[1] == 6) {
    vec2 e = extent - 0.11 - 0.05 * k;
    float d = min(e.x - abs(p.x), e.y - abs(p.y));
    veil = max(veil, 1.0 - inside(d));
    lit += d > 0.0 ? bell(d * 60.0) * -0.05 : line(d + 0.022, 0.0022) * -0.18;
  }
  return p;
}

// ---- symmetry. All are reflections, so that no seam shows.

vec2 wedge(vec2 p, float n) {
  float r = length(p);
  float t = angle(p) * n;
  t = abs(fract(t * 0.5 + 0.5) - 0.5) / n * 2.0;
  return vec2(wave(t * 0.5 + 0.25), wave(t * 0.5)) * r;
}

vec2 reflected(vec2 p) {
  float n = net[1].x, size_ = net[1].y;
  if (choice[0] == 1) p.x = abs(p.x);
  if (choice[0] == 2) p = abs(p);
  if (choice[0] == 3) p = wedge(p, n * 2.0);
  if (choice[0] == 4) p = (abs(fract(p * 0.5 / size_ + 0.25) - 0.5) * 2.0 - 0.5) * size_ * 2.0;
  if (choice[0] == 5) {
    p /= size_ * 1.7;
    vec2 c = vec2(p.x * 1.1547005, p.y + p.x * 0.5773503);
    vec2 f = floor(c + 0.5);
    vec2 g = p - vec2(f.x * 0.8660254, f.y - f.x * 0.5);
    vec2 h = abs(g);
    float beyond = h.x * 0.8660254 + h.y * 0.5 > 0.5 ? 1.0 : 0.0;
    g -= beyond * vec2(sign(g.x) * 0.8660254, sign(g.y) * 0.5);
    p = wedge(g, 6.0) * size_ * 1.7;
  }
  if (choice[0] == 6) {
    float r = max(dot(p, p), 0.02);
    float scale = 0.55 / r;
    px *= scale;
    p *= scale;
  }
  if (choice[0] == 7) {
    float r = max(length(p), 0.012);
    float t = abs(angle(p)) * 2.0;
    px *= 0.45 * n / 6.2831853 / r * 2.0;
    p = vec2(saw(t * n * 0.5) * 1.4 - 0.7, log2(r) * 0.45);
  }
  return p;
}

vec2 bent(vec2 p, vec4 way, vec4 much, float sense) {
  vec2 by = vec2(wave(dot(p, way.xy) + much.x + time * 0.009 * sense), wave(dot(p, way.zw) + much.y - time * 0.007 * sense));
  return p + by * (much.z * (1.0 + 0.25 * loudness));
}

void look(vec2 p) {
  p = reflected(viewed(p));
  vec2 lens = net[0].xy * (1.0 - 0.05 * loudness);
  vec2 sway = vec2(wave(time * 0.011), wave(time * 0.007)) * 0.06;
  p = vec2(p.x * lens.x - p.y * lens.y, p.x * lens.y + p.y * lens.x) + net[0].zw + sway;
  px *= length(net[0].xy);
  p = bent(p, net[2], net[3], 1.0);
  p = bent(p, net[4], net[5], -1.0);
  p = bent(p, net[6], net[7], 1.0);
  glow = 0.0;
  tint = 0.0;
  height = 0.0;
  tone = 0.0;
  structure(p);
}

// ---- material, after: prints replace tones by marks, paints add their tooth.

float printed(float mark, float dark, float period) {
  float fine = clamp(1.6 - 3.0 * pixel / period, 0.0, 1.0);
  float ink = clamp((dark - mark) / max(2.5 * pixel / period, 0.04) + 0.5, 0.0, 1.0);
  return mix(dark, ink, fine);
}

void finished(vec2 at) {
  float scale = net[13].x, amount = net[13].y;
  vec2 u = vec2(dot(at, net[13].zw), at.y * net[13].z - at.x * net[13].w);
  float grain = tooth(at);
  float dark = clamp(0.52 - tone * 0.55 + shade * 0.3, 0.02, 0.98);
  lit += grain * 0.025;
  if (choice[2] == 1) {
    lit += grain * 0.04 * amount;
    tone += noise(at * 3.1 + 7.0) * 0.1 * amount;
  }
  if (choice[2] == 2) {
    float f = 120.0 * scale;
    float fine = clamp(1.4 - f * pixel * 2.5, 0.0, 1.0);
    float way = wave(at.x * f * 0.5) * wave(at.y * f * 0.5) > 0.0 ? wave(at.x * f + 0.25) : wave(at.y * f + 0.25);
    lit += way * -0.035 * fine * amount + grain * 0.02;
    tone += noise(u * vec2(2.5, 42.0)) * 0.16 + noise(u * vec2(9.0, 160.0)) * 0.1 * clamp(1.4 - 320.0 * pixel, 0.0, 1.0);
  }
  if (choice[2] == 3) {
    float f = 42.0 * scale;
    float wobble = noise(at * 2.7) * 0.9 + noise(at * 13.0) * 0.12 + height * 0.5;
    float ink = printed(saw(u.y * f + wobble), dark * 1.05, 1.0 / f);
    float cross_ = printed(saw(u.x * f * 0.9 + wobble), clamp(dark * 2.0 - 1.05, 0.0, 1.0), 1.0 / f);
    tone = mix(0.72 + tone * 0.25, -0.92 + tone * 0.1, max(ink, cross_));
    lit += grain * 0.02;
  }
  if (choice[2] == 4) {
    float f = 34.0 * scale;
    vec2 g = fract(u * f) - 0.5;
    vec2 g2 = fract(u * f + 0.5) - 0.5;
    float near = min(length(g), length(g2));
    float ink = printed(near * 1.41, sqrt(dark) * 0.93, 1.0 / f);
    ink = mix(ink, dark, clamp(f * pixel * 2.0 - 0.6, 0.0, 1.0));
    tone = mix(0.75 + tone * 0.2, -0.85 + tone * 0.25, ink);
  }
  if (choice[2] == 5) {
    float pool = fbm(at * 2.3 * scale + 3.0);
    tone += pool * 0.4 * amount + 0.12;
    lit += grain * 0.045 + bell(pool * 11.0) * -0.02;
  }
  if (choice[2] == 11) {
    tone = mix(tone, wave(tone * 0.55 + height * 0.35 + at.y * 0.2), 0.65);
    lit += noise(vec2(u.x * 5.0, u.y * 420.0)) * 0.05 * clamp(1.5 - 840.0 * pixel, 0.0, 1.0) + noise(vec2(u.x * 3.0, u.y * 90.0)) * 0.025;
  }
  if (choice[2] == 12) {
    float f = 190.0 * scale;
    float fine = clamp(1.5 - f * pixel * 2.0, 0.0, 1.0);
    vec4 h = hash(floor(at * f));
    tone += ((h.x + h.y - 1.0) * 0.85 * fine + grain * 0.35) * (0.35 + 0.65 * amount);
  }
}

// ---- light, over the whole picture.

float shone(vec2 at) {
  float amount = net[12].z;
  float d = dot(at, net[12].xy);
  float strength = 1.0;
  if (choice[3] == 1) strength += amount * 0.16 * clamp(d, -1.5, 1.2);
  if (choice[3] == 2) {
    float r = length(at - net[12].xy * 0.35);
    tint += (0.5 - r) * 0.35 * amount;
    strength = mix(1.0, 0.5 + 0.72 * bell(r * 0.95), amount);
  }
  if (choice[3] == 3) {
    tint -= at.y * 0.7 * amount;
    strength -= clamp(at.y, -1.5, 1.5) * 0.13 * amount;
  }
  if (choice[3] == 4) {
    float r = length(at);
    strength += amount * (0.16 * clamp(r, 0.0, 1.2) - 0.1) + glow * 0.05;
  }
  if (choice[3] == 5) {
    vec2 u = at - net[12].xy * 1.7;
    float beam = noise(vec2(angle(u) * 26.0, 4.0)) * 0.6 + noise(vec2(angle(u) * 71.0, 9.0)) * 0.4;
    strength += amount * (0.11 * beam + 0.1 * clamp(d, -1.0, 1.0));
  }
  if (choice[3] == 6) {
    vec2 u = turned(at, 0.04) * vec2(1.0, 0.8);
    vec2 g = abs(fract(u * 1.1 + 0.1) - 0.5);
    float pane = over(0.44 - max(g.x, g.y), 0.03) * over(1.05 - length(at - 0.15), 0.5);
    strength += amount * 0.3 * (pane - 0.45);
  }
  return strength;
}

// The colour in Oklab at a point of the picture.
vec3 picture(vec2 at) {
  px = pixel;
  veil = 0.0;
  lit = 0.0;
  vec2 p = laid(at);
  float grout = veil, pieceLit = lit;
  float towards = 0.0;
  for (int turn_ = choice[4]; turn_ < 2; turn_++) {
    px = pixel;
    veil = grout;
    lit = pieceLit;
    shade = 0.0;
    look(turn_ == 0 ? p + net[12].xy * 0.008 : p);
    towards = turn_ == 0 ? height : towards;
  }
  float relief = choice[4] == 0 ? soft((height - towards) * (net[1].w * 125.0 * (1.0 + 0.4 * loudness))) : 0.0;
  tone = soft(tone * net[11].x + net[11].y + wave(dot(at, net[2].zw) * 0.4 + net[3].y) * 0.08);
  finished(at);
  float strength = shone(at);
  float place = (clamp(tone + brightness * 0.22, -1.0, 1.0) + 1.0) * 2.0;
  vec3 lab = net[15].xyz;
  lab += clamp(place, 0.0, 1.0) * (net[16].xyz - net[15].xyz);
  lab += clamp(place - 1.0, 0.0, 1.0) * (net[17].xyz - net[16].xyz);
  lab += clamp(place - 2.0, 0.0, 1.0) * (net[18].xyz - net[17].xyz);
  lab += clamp(place - 3.0, 0.0, 1.0) * (net[19].xyz - net[18].xyz);
  float turn = soft(tint + wave(dot(at, net[2].xy) * 0.3 + net[5].x) * 0.3) * net[11].z * 0.09 + wave(hue) * 0.06;
  float c = wave(turn + 0.25), s = wave(turn);
  lab = vec3(lab.x, lab.y * c - lab.z * s, lab.y * s + lab.z * c);
  lab = mix(lab, net[20].xyz, clamp(glow * net[11].w * (1.0 + onset * 0.6), 0.0, 1.0));
  float dark = 1.0 - clamp(shade, 0.0, 1.0) * net[12].w;
  vec2 corner = at / extent;
  dark *= 1.0 - dot(corner, corner) * net[1].z * 0.4;
  float ground = net[14].w;
  lab = mix(lab, mix(net[15].xyz, net[19].xyz, ground) * vec3(1.0, 0.7, 0.7), veil * 0.97);
  lab.x = (lab.x + relief * 0.13 * (1.0 - veil) + lit + onset * 0.02) * dark * strength;
  return vec3(lab.x, lab.y * dark, lab.z * dark);
}
