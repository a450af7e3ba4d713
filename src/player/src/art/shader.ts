/** One triangle that covers the canvas. */
export const vertexShader = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0), 0.0, 1.0);
}`;

/** Gamma-encoded sRGB of an Oklab colour; colours outside sRGB are clipped. */
export const srgb = `vec3 srgb(vec3 lab) {
  float l = lab.x + lab.y * 0.3963377774 + lab.z * 0.2158037573;
  float m = lab.x - lab.y * 0.1055613458 - lab.z * 0.0638541728;
  float s = lab.x - lab.y * 0.0894841775 - lab.z * 1.2914855480;
  l = l * l * l;
  m = m * m * m;
  s = s * s * s;
  vec3 v = clamp(vec3(
    l * 4.0767416621 - m * 3.3077115913 + s * 0.2309699292,
    l * -1.2684380046 + m * 2.6097574011 - s * 0.3413193965,
    l * -0.0041960863 - m * 0.7034186147 + s * 1.7076147010), 0.0, 1.0);
  return mix(pow(max(v, 1e-6), vec3(1.0 / 2.4)) * 1.055 - 0.055, v * 12.92, vec3(lessThan(v, vec3(0.0031308))));
}`;

/**
 * Evaluates the network, whose rows genome.ts lays out. Every function has a counterpart of the same name in the server's Forms, Wide and
 * NetworkEvaluator. Motion parameters are zero at rest.
 */
export const fragmentShader: string = `#version 300 es
precision highp float;
precision highp int;

uniform vec4 net[156];
uniform int family;
uniform vec2 size;
uniform float time, loudness, onset, brightness, hue, opacity;
out vec4 colour;

struct Form { float tone, tint, height, glow, shade; };

float sharpness;

// Reduces the sine's argument first: on half of all phones sine is precise only within one period.
float wave(float t) { return sin(6.2831853 * (t - floor(t + 0.5))); }
vec4 wave(vec4 t) { return sin(6.2831853 * (t - floor(t + 0.5))); }
float soft(float v) { float x = clamp(v, -3.0, 3.0), s = x * x; return x * (s + 27.0) / (9.0 * s + 27.0); }
vec4 soft(vec4 v) { vec4 x = clamp(v, -3.0, 3.0), s = x * x; return x * (s + 27.0) / (9.0 * s + 27.0); }
float bell(float x) { return exp(-min(x * x, 80.0)); }
float over(float d, float inverse) { float t = clamp(d * inverse + 0.5, 0.0, 1.0); return t * t * (3.0 - t - t); }

// Macros, so that the indices are constants: a dynamic index costs a gather for each pixel.
#define shape(i) net[11 + (i) / 4][(i) % 4]
#define site(i) net[14 + (i)]
#define block(r, v) mat4(net[r], net[(r) + 1], net[(r) + 2], net[(r) + 3]) * (v)
#define group(r, a, b, c) (block(r, a) + block((r) + 12, b) + block((r) + 24, c))
#define bent_once(r, way) { \
  vec2 by = vec2(wave(dot(p, net[r].xy) + net[(r) + 1].x + time * 0.009 * way), wave(dot(p, net[r].zw) + net[(r) + 1].y - time * 0.007 * way)); \
  p += by * (net[(r) + 1].z * (1.0 + 0.2 * loudness)); }
vec2 drift(int i) { return 0.035 * vec2(wave(time * (0.021 + 0.004 * float(i % 5))), wave(time * (0.017 + 0.005 * float(i % 7)))); }

Form ripple(vec2 p) {
  float tilt = shape(0);
  vec2 q = p / (1.15 - clamp(p.y * tilt, -0.8, 0.8)) * vec2(1.0, 1.0 + tilt);
  float height = 0.0, rim = 0.0;
  for (int i = 0; i < 8; i++) {
    vec4 s = site(i);
    // A ring moves outwards, and returns before it leaves the picture.
    float out_ = s.z + 0.12 * wave(time * (0.03 + 0.004 * float(i)));
    float spread = length(q - s.xy - drift(i)) - out_;
    float packet = bell(spread * shape(1)) * (1.15 - out_ * 0.7);
    height += wave(spread * shape(2) - time * 0.15) * packet * (1.0 + loudness * 0.6);
    rim += bell((spread - shape(3)) * (shape(1) * 4.0)) * (1.0 - out_ * 0.8) * s.w;
  }
  float swell = wave(q.x * 0.23 + q.y * 0.61 + shape(4) + time * 0.01) * 0.5;
  return Form(swell * 0.5 + p.y * shape(5) + height * shape(6), swell + p.y, height + swell * 0.2, clamp(rim, 0.0, 1.0), 0.0);
}

Form rosette(vec2 p) {
  float radius = length(p);
  float angle = (radius < 1e-9 ? 0.0 : atan(p.y, p.x) / 6.2831853) * shape(0);
  float softness = min(sharpness, 160.0);
  Form f = Form(shape(4) + radius * 0.25, radius - 1.0, 0.0, 0.0, 0.0);
  for (int i = 0; i < 8; i++) {
    vec4 s = site(i);
    float turned = angle + time * 0.012 * (1.0 + 0.3 * float(i)) * (i % 2 == 0 ? 1.0 : -1.0);
    float cosine = wave(turned + 0.25), sine = wave(turned);
    float open = s.x * (1.0 + loudness * 0.05 * wave(time * 0.1 + float(i) * 0.13));
    float petal = (cosine * s.y - sine * s.z) * 0.5 + 0.5;
    float tip = sqrt(petal + 0.02);
    float edge = (1.0 + shape(1) * (tip - 1.0)) * open;
    float depth = edge - radius;
    float cover = over(depth, softness);
    float vein = wave(turned * 3.0 + s.w) * shape(6);
    f.tone = mix(f.tone, s.w + shape(2) * (radius / edge - 0.6) + vein, cover);
    f.tint = mix(f.tint, petal * 0.8 - (0.9 - 0.22 * float(i)), cover);
    f.height = mix(f.height, tip * 0.5 + float(i) * 0.3, cover);
    float shadow = exp(min(depth, 0.0) * (14.0 / (s.x + 0.3))) * shape(3);
    f.shade = max(f.shade, shadow) * (1.0 - cover);
  }
  f.glow = over(shape(5) * (1.0 + onset * 0.4) - radius, min(sharpness, 60.0));
  return f;
}

Form ridge(vec2 p, vec2 still) {
  float away = length(still - vec2(shape(2), shape(3)));
  float radius = shape(4) * (1.0 + onset * 0.06);
  float disc = over(radius - away, sharpness);
  float halo = exp(min(radius - away, 0.0) * 3.0) * shape(5) * (1.0 + loudness);
  Form f = Form(shape(0) + shape(1) * p.y + halo * 0.6, p.y * -0.6, 0.0, max(disc, halo * 0.5), 0.0);
  for (int i = 0; i < 7; i++) {
    vec4 s = site(i);
    float along = p.x * s.z + s.w + time * 0.0012 * float(i + 1);
    float line = wave(along) + wave(along * 2.3 + s.w) * 0.45
      + wave(along * 5.1 + s.w * 3.0) * 0.22 * shape(9) + wave(along * 11.7 + s.w * 5.0) * 0.1 * shape(9);
    float depth = line * s.y + s.x - p.y;
    float cover = over(depth, sharpness);
    float share = float(i) / 6.0;
    f.tone = mix(f.tone, mix(shape(7), shape(8), share) + shape(6) * (1.0 - exp(max(depth, 0.0) * -2.2)), cover);
    f.tint = mix(f.tint, share * 1.4 - 0.7, cover);
    f.glow *= 1.0 - cover;
  }
  return f;
}

Form marble(vec2 p) {
  float bend = wave(p.y * shape(2) + shape(5) + time * 0.006);
  float u = p.x * shape(0) + bend * shape(1);
  float v = p.y * shape(3) + wave(p.x * shape(2) + u * 0.5) * 0.35;
  float band = wave(u);
  float fine = min(shape(4), sharpness * 0.06);
  float vein = bell(wave(v + band * 0.15) * fine) * (fine / shape(4));
  return Form(band * 0.85, wave(v * 0.5), band * 0.5 + vein * 0.4, vein * (band * 0.35 + 0.65), 0.0);
}

Form glass(vec2 p) {
  float nearest = 1e6, second = 1e6, tone = 0.0, tint = 0.0, slant = 0.0;
  for (int i = 0; i < 24; i++) {
    vec4 s = site(i);
    vec2 d = p - s.xy - drift(i);
    float away = length(d);
    second = min(second, max(nearest, away));
    if (away < nearest) {
      nearest = away;
      tone = s.z;
      tint = s.w;
      slant = d.x * s.w + d.y * (1.0 - abs(s.w));
    }
  }
  float lead = 1.0 - over(second - nearest - shape(0), min(sharpness * 0.5, 70.0));
  float lamp = exp(nearest * nearest * shape(3) * -5.0) * (1.0 + onset * 0.5);
  float centre = shape(4) * (0.7 - length(p));
  float glow = tint > 0.66 ? (lamp * 0.5 + 0.5) * (1.0 - lead) : 0.0;
  return Form(tone + centre + slant * shape(1) + lamp * 0.45, tint + slant * 1.5, -nearest * nearest * shape(2) - lead * 0.06, glow, lead);
}

Form aurora(vec2 p, vec2 still) {
  Form f = Form(shape(3) + exp(abs(p.y - shape(4)) * -2.5) * 0.4, p.y * 0.4, 0.0, 0.0, 0.0);
  for (int i = 0; i < 4; i++) {
    vec4 s = site(i);
    float along = p.x * s.z + s.w + time * 0.003 * float(i + 1);
    float line = (wave(along) + wave(along * 2.3 + s.w) * 0.35) * s.y + s.x;
    float above = p.y - line;
    float streak = p.x * shape(0) + wave(p.x * shape(0) * 0.43 + s.w + time * 0.02) * 0.4 + s.w * 7.0 + time * 0.01;
    float rays = 1.0 - shape(1) * (1.0 + wave(streak) * 0.6 + wave(streak * 2.7) * 0.3);
    float lit = over(above, 11.0) * exp(max(above, 0.0) * -3.2 / shape(2) * (1.0 - loudness * 0.35)) * rays;
    f.tone += lit * shape(5);
    f.tint += lit * (0.45 - above) * 1.6;
    f.glow += lit * bell((above - 0.08) * 7.0) * 0.7;
  }
  float crest = wave(still.x * 0.31 + shape(6)) * 0.11 + wave(still.x * 0.83 + shape(6) * 3.0) * 0.05 + wave(still.x * 2.3 + shape(6) * 7.0) * 0.018;
  float land = over(crest - still.y - 0.72, sharpness);
  f.tone = mix(f.tone, -1.6, land);
  f.glow = clamp(f.glow, 0.0, 1.0) * (1.0 - land);
  return f;
}

Form orbit(vec2 p) {
  Form f = Form(shape(0) + shape(1) * p.y, p.x * 0.3, 0.0, 0.0, 0.0);
  for (int i = 0; i < 9; i++) {
    vec4 s = site(i);
    float radius = s.z * (1.0 + loudness * 0.06 * wave(float(i) * 0.37 + time * 0.2));
    float away = length(p - s.xy - drift(i) * 2.0);
    float depth = radius - away;
    float cover = over(depth, sharpness);
    float along = away / radius;
    f.tone += cover * (along * 0.5 + 0.45 + wave(along * shape(3) - time * 0.04) * shape(4)) * s.w;
    f.tint += cover * s.w * 0.5;
    float ring = 1.0 - over(abs(depth) - shape(2), sharpness);
    f.glow = max(f.glow, s.w > 0.2 ? ring : 0.0);
    float shadow = exp(min(depth, 0.0) * shape(5)) * (1.0 - cover);
    f.shade = max(f.shade * (1.0 - cover * 0.6), shadow * max(s.w, 0.0));
  }
  return f;
}

Form silk(vec2 p) {
  float u = p.x * shape(0) + wave(p.y * shape(5) + time * 0.008) * 0.3;
  float fold = wave(u);
  float crease = wave(u * 2.0 + p.y * 0.35 + fold * 0.2);
  float height = fold + crease * shape(1);
  return Form(height * 0.6 + wave(u * shape(3)) * shape(4), wave(u * 0.5 + p.y * 0.3), height, bell((height - shape(2)) * 2.2), 0.0);
}

Form prism(vec2 p) {
  Form f = Form(shape(4) * p.y - 0.35, 0.0, 0.0, 0.0, 0.0);
  for (int i = 0; i < 11; i++) {
    vec4 s = site(i);
    float depth = dot(p, s.xy) - s.z - drift(i).x;
    float cover = over(depth, sharpness);
    float fade = mix(exp(max(depth, 0.0) * -shape(0)), 1.0, shape(1));
    f.tone += cover * fade * shape(3) * s.w * (1.0 + loudness * 0.25 * wave(float(i) * 0.29 + time * 0.15));
    f.tint += cover * fade * s.w * 0.7;
    float edge = 1.0 - over(abs(depth) - shape(2) * 0.3, min(sharpness, 120.0));
    f.glow = max(f.glow, edge * max(s.w, 0.0));
    f.shade = max(f.shade, (1.0 - cover) * exp(min(depth, 0.0) * 6.0) * max(-s.w, 0.0));
  }
  return f;
}

Form weave(vec2 p) {
  vec2 q = p * shape(0);
  vec2 cell = floor(q);
  vec2 within = (q - cell) * 2.0 - 1.0;
  float parity = cell.x + cell.y;
  bool vertical = parity - floor(parity * 0.5) * 2.0 > 0.5;
  float edge = min(sharpness / shape(0) * 0.5, 60.0);
  vec2 across = vertical ? within : within.yx;
  float side = across.x, along = across.y;
  float upper = over(shape(1) - abs(side), edge);
  float lower = over(shape(1) - abs(along), edge) * (1.0 - upper);
  float columnTone = wave(cell.x * shape(3)) * shape(2), rowTone = wave(cell.y * shape(4) + 0.4) * shape(2);
  float arch = 1.0 - along * along, round_ = 1.0 - side * side;
  float upperTone = (vertical ? columnTone : rowTone) + arch * shape(5) + round_ * 0.25;
  float lowerTone = (vertical ? rowTone : columnTone) - round_ * shape(5) + arch * 0.25;
  float thread = wave(side * shape(7)) * upper + wave(along * shape(7)) * lower;
  return Form(
    mix(mix(shape(6), lowerTone, lower), upperTone, upper) - 0.3 + thread * 0.06,
    (vertical ? 0.8 : -0.8) * (upper - lower),
    (arch * 0.7 + round_ * 0.3) * upper + (arch * 0.3 - round_ * 0.7) * lower,
    upper * bell(side * 2.5) * arch * arch,
    upper * along * along * 0.35 + (1.0 - upper) * (0.35 + round_ * 0.5));
}

Form nebula(vec2 p, vec2 still) {
  float cloud = 0.0, amplitude = 0.5, bend = 0.0;
  vec2 q = p * shape(0);
  for (int octave = 0; octave < 5; octave++) {
    bend = wave(q.x + bend * shape(1)) * wave(q.y - bend * shape(1));
    cloud += (1.0 - abs(bend) * 2.0) * amplitude;
    q = vec2(q.x * 1.52 - q.y * 1.14 + 0.31, q.x * 1.14 + q.y * 1.52 + 0.17) + time * 0.003;
    amplitude *= 0.52;
  }
  float core = bell(length(still - vec2(shape(2), shape(3))) / (shape(4) * (1.0 + loudness * 0.2)));
  float stars = 0.0, haze = 0.0;
  for (int i = 0; i < 24; i++) {
    vec4 s = site(i);
    vec2 d = still - s.xy;
    float squared = dot(d, d), extent = s.z * s.z * (1.0 + onset * (i % 3 == 0 ? 2.0 : 0.0));
    stars += extent / (squared + extent) * exp(squared * -160.0);
    haze += exp(squared * -30.0) * s.w;
  }
  return Form(
    shape(5) + cloud * shape(6) + core * 1.2 + haze * 0.25 + stars * 2.2,
    bend + core * 1.2 - 0.4 + haze,
    cloud,
    clamp(core * core * (cloud + 0.5) * 0.6, 0.0, 1.0) * (1.0 - clamp(stars, 0.0, 1.0)),
    clamp((0.1 - cloud) * 1.5, 0.0, 1.0) * (1.0 - clamp(stars * 3.0, 0.0, 1.0)));
}

Form terrace(vec2 p) {
  float ground = p.y * shape(4) + wave(p.x * 0.4) * 0.2;
  vec2 slope = vec2(0.0, shape(4));
  for (int i = 0; i < 6; i++) {
    vec4 s = site(i);
    vec2 d = (p - s.xy - drift(i) * 2.0) / s.z;
    float hill = exp(-min(dot(d, d), 80.0)) * s.w * (1.0 + loudness * 0.15);
    ground += hill;
    slope -= d * hill * (2.0 / s.z);
  }
  float level = ground * shape(0) + time * 0.008;
  float step_ = floor(level);
  float within = level - step_;
  float steep = (length(slope) + 0.25) * shape(0);
  float cover = clamp(within * min(sharpness * 0.7, 90.0) / steep, 0.0, 1.0);
  float height = step_ - 1.0 + cover - time * 0.008;
  return Form(
    height / shape(0) * 1.5 * shape(2) + within * 0.1,
    wave(height * 0.137) + ground * 0.4,
    height,
    bell(within / steep * 60.0 - 2.2) * shape(3),
    max(exp((1.0 - within) / steep * shape(1) * -3.0), 1.0 - cover));
}

vec4 activated(vec4 v, float kind) {
  if (kind < 0.5) return soft(v);
  if (kind < 1.5) return wave(v * 0.25);
  if (kind < 2.5) return exp(-min(v * v, 80.0)) * 2.0 - 1.0;
  return abs(soft(v)) * 2.0 - 1.0;
}

vec2 fold(vec2 p, vec2 normal) { return p - normal * (2.0 * min(dot(p, normal), 0.0)); }

Form formAt(vec2 p, out vec2 bent) {
  p = fold(fold(fold(p, net[1].xy), net[1].zw), net[2].xy);
  vec2 lens = net[0].xy * (1.0 - 0.05 * loudness);
  p = vec2(p.x * lens.x - p.y * lens.y, p.x * lens.y + p.y * lens.x) + net[0].zw;
  vec2 still = p;
  bent_once(3, 1.0)
  bent_once(5, -1.0)
  bent_once(7, 1.0)
  bent_once(9, -1.0)
  Form f;
  // Loops that run once or never: some GPUs execute all branches of a switch under a mask, but skip a loop.
  for (int n = 0; n == family; n += 99) f = ripple(p);
  for (int n = 1; n == family; n += 99) f = rosette(p);
  for (int n = 2; n == family; n += 99) f = ridge(p, still);
  for (int n = 3; n == family; n += 99) f = marble(p);
  for (int n = 4; n == family; n += 99) f = glass(p);
  for (int n = 5; n == family; n += 99) f = aurora(p, still);
  for (int n = 6; n == family; n += 99) f = orbit(p);
  for (int n = 7; n == family; n += 99) f = silk(p);
  for (int n = 8; n == family; n += 99) f = prism(p);
  for (int n = 9; n == family; n += 99) f = weave(p);
  for (int n = 10; n == family; n += 99) f = nebula(p, still);
  for (int n = 11; n == family; n += 99) f = terrace(p);
  bent = p;
  return f;
}

// The network's correction of the form: tone, tint, chroma, glow.
vec4 correction(vec2 p, Form f) {
  float radius = length(p);
  vec4 a = vec4(p, radius, f.tone);
  vec4 b = vec4(f.tint, f.height, f.glow, f.shade);
  vec4 c = wave(vec4(
    dot(p, net[38].xy) + net[38].z + time * 0.011,
    dot(p, net[39].xy) + net[39].z - time * 0.008,
    dot(p, net[40].xy) + net[40].z + time * 0.006,
    radius * net[41].x + net[41].z - time * 0.013));
  vec4 d = activated(group(42, a, b, c) + net[78], net[145].x);
  vec4 e = activated(group(46, a, b, c) + net[79], net[145].y);
  vec4 g = activated(group(50, a, b, c) + net[80], net[145].z);
  vec4 h = activated(group(81, d, e, g) + net[117], net[146].x);
  vec4 i = activated(group(85, d, e, g) + net[118], net[146].y);
  vec4 j = activated(group(89, d, e, g) + net[119], net[146].z);
  vec4 o = net[144] + block(120, d) + block(124, e) + block(128, g) + block(132, h) + block(136, i) + block(140, j);
  o = soft(o);
  return vec4(o.xyz, max(o.w - 0.4, 0.0)) * net[147];
}

${srgb}

void main() {
  float pixel = 2.0 / max(size.x, size.y);
  vec2 p = (gl_FragCoord.xy - size * 0.5) * pixel;
  sharpness = 1.0 / (pixel * length(net[0].xy) * 1.3);
  float reliefGain = net[2].w * (1.0 + loudness * 0.5);
  Form f;
  vec2 bent;
  float towards = 0.0;
  // One loop rather than two calls halves the length of the shader. Families without relief skip the sample towards the light.
  for (int layer = reliefGain > 0.0 ? 0 : 1; layer < 2; layer++) {
    f = formAt(layer == 0 ? p + net[149].yz * 0.01 : p, bent);
    if (layer == 0) towards = f.height;
  }
  vec4 more = correction(bent, f);
  float relief = reliefGain > 0.0 ? soft((f.height - towards) * (reliefGain / 0.01)) : 0.0;
  float tone = soft((f.tone + more.x) * net[148].x + net[148].y + brightness * 0.25);
  float place = (tone + 1.0) * 2.0;
  vec3 lab = net[150].xyz;
  vec4 share = clamp(place - vec4(0.0, 1.0, 2.0, 3.0), 0.0, 1.0);
  lab += share.x * (net[151] - net[150]).xyz + share.y * (net[152] - net[151]).xyz
    + share.z * (net[153] - net[152]).xyz + share.w * (net[154] - net[153]).xyz;
  float turn = soft(f.tint + more.y) * net[148].z * 0.09 + wave(hue) * 0.06;
  float cosine = wave(turn + 0.25), sine = wave(turn);
  lab.yz = vec2(lab.y * cosine - lab.z * sine, lab.y * sine + lab.z * cosine) * (1.0 + more.z);
  lab = mix(lab, net[155].xyz, clamp((f.glow + more.w) * net[148].w * (1.0 + onset * 0.7), 0.0, 1.0));
  float dark = (1.0 - clamp(f.shade, 0.0, 1.0) * net[149].x) * (1.0 - dot(p, p) * net[2].z * 0.5);
  lab.x = (lab.x + relief * 0.16 + onset * 0.03) * dark;
  lab.yz *= dark;
  // Ordered noise of less than one level hides the banding of dark gradients in eight bits.
  float grain = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
  colour = vec4(srgb(lab) + grain / 255.0, opacity);
}`;
