import { FORMS } from "./forms.js";
import { NETWORK_ROWS } from "./genome.js";

export const VERTEX_SHADER: string = `#version 300 es
void main() {
  // One triangle that covers the canvas.
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

/**
 * The server's NetworkEvaluator for every pixel at once. With `motion` and `tint` all zeros it draws the server's picture; music moves the phases of
 * the warp and the periodic inputs, breathes with the camera, and lights the accents.
 */
export const FRAGMENT_SHADER: string = `#version 300 es
precision highp float;
precision highp int;
uniform vec4 P[${NETWORK_ROWS}];
uniform int family;
uniform vec2 size;
uniform float opacity;
uniform vec4 motion; // time in seconds, loudness, onset, brightness
uniform float hue;
out vec4 colour;
${FORMS}
vec2 fold(vec2 p, vec2 normal) { return p - 2.0 * min(dot(p, normal), 0.0) * normal; }

vec4 activated(vec4 v, float kind) {
  vec4 s = vec4(soft(v.x), soft(v.y), soft(v.z), soft(v.w));
  if (kind < 0.5) return s;
  if (kind < 1.5) return vec4(wave(v.x * 0.25), wave(v.y * 0.25), wave(v.z * 0.25), wave(v.w * 0.25));
  if (kind < 2.5) return exp(-v * v) * 2.0 - 1.0;
  return abs(s) * 2.0 - 1.0;
}

Sample evaluate(vec2 p, float sharp) {
  p = fold(fold(fold(p, P[1].xy), P[1].zw), P[2].xy);
  float breath = 1.0 - 0.05 * motion.y - 0.02 * motion.z;
  vec2 c = P[0].xy * breath;
  p = vec2(p.x * c.x - p.y * c.y, p.x * c.y + p.y * c.x) + P[0].zw;
  vec2 still = p;
  for (int row = 3; row < 11; row += 2) {
    vec4 along = P[row], phase = P[row + 1];
    float drift = motion.x * 0.012 * float(row - 1);
    float reach = phase.z * (1.0 + 0.35 * motion.y);
    p += vec2(wave(dot(p, along.xy) + phase.x + drift), wave(dot(p, along.zw) + phase.y - drift)) * reach;
  }
  Sample m = formOf(p, still, sharp);
  float radius = length(p);
  vec4 inputs[3];
  inputs[0] = vec4(p, radius, m.tone);
  inputs[1] = vec4(m.tint, m.height, m.glow, m.shade);
  float drift = motion.x * 0.03;
  inputs[2] = vec4(
    wave(dot(p, P[38].xy) + P[38].z + drift), wave(dot(p, P[39].xy) + P[39].z - drift),
    wave(dot(p, P[40].xy) + P[40].z + drift * 0.7), wave(radius * P[41].x + P[41].z - drift));
  vec4 first[3];
  for (int g = 0; g < 3; g++) {
    vec4 sum = P[78 + g];
    for (int i = 0; i < 12; i++) sum += inputs[i >> 2][i & 3] * P[42 + 4 * (3 * (i >> 2) + g) + (i & 3)];
    first[g] = activated(sum, P[145][g]);
  }
  vec4 second[3];
  for (int g = 0; g < 3; g++) {
    vec4 sum = P[81 + 36 + g];
    for (int i = 0; i < 12; i++) sum += first[i >> 2][i & 3] * P[81 + 4 * (3 * (i >> 2) + g) + (i & 3)];
    second[g] = activated(sum, P[146][g]);
  }
  vec4 sum = P[144];
  for (int i = 0; i < 12; i++) sum += first[i >> 2][i & 3] * P[120 + i] + second[i >> 2][i & 3] * P[132 + i];
  m.tone += soft(sum.x) * P[147].x;
  m.tint += soft(sum.y) * P[147].y;
  m.height += soft(sum.z) * P[147].z;
  m.glow += max(soft(sum.w) - 0.4, 0.0) * P[147].w;
  return m;
}

float encoded(float linear) {
  float v = clamp(linear, 0.0, 1.0);
  return v < 0.0031308 ? v * 12.92 : pow(max(v, 1e-6), 1.0 / 2.4) * 1.055 - 0.055;
}

vec3 srgbOf(vec3 lab) {
  float l = lab.x + lab.y * 0.3963377774 + lab.z * 0.2158037573;
  float m = lab.x - lab.y * 0.1055613458 - lab.z * 0.0638541728;
  float s = lab.x - lab.y * 0.0894841775 - lab.z * 1.2914855480;
  l = l * l * l; m = m * m * m; s = s * s * s;
  return vec3(
    encoded(l * 4.0767416621 - m * 3.3077115913 + s * 0.2309699292),
    encoded(l * -1.2684380046 + m * 2.6097574011 - s * 0.3413193965),
    encoded(l * -0.0041960863 - m * 0.7034186147 + s * 1.7076147010));
}

void main() {
  float pixel = 2.0 / max(size.x, size.y);
  vec2 p = (gl_FragCoord.xy - size * 0.5) * pixel;
  float sharp = 1.0 / (pixel * length(P[0].xy) * 1.3);
  Sample m = evaluate(p, sharp);
  float relief = 0.0;
  if (P[2].w > 0.0) relief = soft((m.height - evaluate(p + P[149].yz * 0.01, sharp).height) * (P[2].w / 0.01));

  float place = (soft(m.tone * P[148].x + P[148].y + 0.18 * motion.w) + 1.0) * 2.0;
  vec3 lab = P[150].xyz;
  for (int stop = 1; stop < 5; stop++) lab += clamp(place - float(stop - 1), 0.0, 1.0) * (P[150 + stop].xyz - P[149 + stop].xyz);
  float turn = soft(m.tint) * P[148].z * 0.09 + hue * 0.06;
  float cosine = wave(turn + 0.25), sine = wave(turn);
  lab.yz = vec2(lab.y * cosine - lab.z * sine, lab.y * sine + lab.z * cosine);
  lab = mix(lab, P[155].xyz, clamp(m.glow * P[148].w * (1.0 + 0.6 * motion.z), 0.0, 1.0));
  float dark = (1.0 - clamp(m.shade, 0.0, 1.0) * P[149].x) * (1.0 - dot(p, p) * P[2].z * 0.5);
  lab.x = (lab.x + relief * 0.16) * dark * (1.0 + 0.05 * motion.z);
  lab.yz *= dark;
  colour = vec4(srgbOf(lab) * opacity, opacity);
}`;
