import { srgb } from "./shader.js";

/** What the browser's shaders have before the text that both renderers share: what that text is given. */
const given = `#version 300 es
precision highp float;
precision highp int;
uniform vec4 net[21];
uniform int choice[5];
uniform int samples;
uniform vec2 size;
uniform float time, loudness, onset, brightness, hue, opacity;
out vec4 colour;
float pixel;
vec2 extent;
#define shape(i) net[8 + (i) / 4][(i) % 4]
float wave(float t) { return sin(6.2831853 * (t - floor(t + 0.5))); }
float soft(float v) { float x = clamp(v, -3.0, 3.0), s = x * x; return x * (s + 27.0) / (9.0 * s + 27.0); }
float bell(float x) { return exp(-min(x * x, 80.0)); }
float angle(vec2 p) { return abs(p.x) + abs(p.y) < 1e-9 ? 0.0 : atan(p.y, p.x) / 6.2831853; }
vec4 hashed(vec2 cell) {
  uint bits = uint(int(cell.x)) * 0x9E3779B1u ^ uint(int(cell.y)) * 0x85EBCA77u;
  bits = (bits ^ (bits >> 15)) * 0x2C1B3C6Du;
  bits = (bits ^ (bits >> 12)) * 0x297A2D39u;
  bits ^= bits >> 15;
  return vec4(uvec4(bits, bits * 0x9E3779B1u, bits * 0xC2B2AE3Du, bits * 0x27D4EB2Fu) >> 8) / 16777216.0;
}
float noise(vec2 p) {
  vec2 c = floor(p);
  vec2 f = p - c;
  f = f * f * (3.0 - 2.0 * f);
  float a = mix(hashed(net[14].xy + c).x, hashed(net[14].xy + c + vec2(1.0, 0.0)).x, f.x);
  float b = mix(hashed(net[14].xy + c + vec2(0.0, 1.0)).x, hashed(net[14].xy + c + vec2(1.0, 1.0)).x, f.x);
  return mix(a, b, f.y) * 2.0 - 1.0;
}
`;

/** What follows: samples, gamma, and noise of less than one level that hides the banding of dark gradients in eight bits. */
const drawn = `
${srgb}
void main() {
  pixel = 2.0 / min(size.x, size.y);
  extent = size * pixel * 0.5;
  vec3 lab = vec3(0.0);
  for (int i = 0; i < samples; i++) {
    vec2 at = samples == 1 ? vec2(0.0)
      : samples == 2 ? vec2(float(i) * 0.5 - 0.25)
      : vec2(i == 0 ? -0.125 : i == 1 ? 0.375 : i == 2 ? -0.375 : 0.125, i == 0 ? -0.375 : i == 1 ? -0.125 : i == 2 ? 0.125 : 0.375);
    lab += picture((gl_FragCoord.xy - size * 0.5 + at) * pixel);
  }
  float grain = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
  colour = vec4(srgb(lab / float(samples)) + grain / 255.0, opacity);
}`;

/** The whole shader of a text that has the function `picture`. */
export const bredShader = (text: string): string => given + text + drawn;
