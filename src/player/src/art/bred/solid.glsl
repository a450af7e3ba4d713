// Marches rays to the surface of a structure's scene, and lights what it hits.

vec3 normalOf(vec3 q) {
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    vec3 e = vec3(i == 1 || i == 2 ? -1.0 : 1.0, i == 2 || i == 3 ? -1.0 : 1.0, i == 1 || i == 3 ? -1.0 : 1.0);
    sum += e * scene(q + e * 0.002);
  }
  return normalize(sum + vec3(0.0, 0.000001, 0.0));
}

float shadowed(vec3 q, vec3 light) {
  float t = 0.04, open = 1.0;
  for (int i = 0; i < 14; i++) {
    float d = scene(q + light * t);
    open = min(open, 9.0 * d / t);
    t += clamp(d, 0.03, 0.4);
    if (open < 0.0) break;
  }
  return clamp(open, 0.0, 1.0);
}

// Sets tone, tint, glow and shade for the ray; beyond `far` stays what was set before.
void shown(vec3 from, vec3 way, float far, float gloss) {
  float t = 0.0;
  for (int i = 0; i < 56; i++) {
    float d = scene(from + way * t);
    if (d < 0.0008 * t || t > far) break;
    t += d * 0.9;
  }
  vec3 q = from + way * t;
  vec3 n = normalOf(q);
  vec3 light = normalize(vec3(net[12].x * 0.8, net[12].y, -0.7));
  float sun = clamp(dot(n, light), 0.0, 1.0) * shadowed(q + n * 0.01, light);
  float sky = 0.5 + 0.5 * n.y;
  float near = clamp(scene(q + n * 0.16) / 0.16, 0.0, 1.0) * 0.6 + clamp(scene(q + n * 0.4) / 0.4, 0.0, 1.0) * 0.4;
  vec3 half_ = normalize(light - way);
  float shine = pow(max(dot(n, half_), 0.001), 40.0) * sun;
  float rim = pow(clamp(1.0 + dot(n, way), 0.001, 1.0), 3.0);
  float fog = clamp(t / far, 0.0, 1.0);
  float lamp = (sun * 1.25 + sky * 0.42 + rim * 0.25) * (0.35 + 0.65 * near);
  float hit = t < far ? 1.0 : 0.0;
  tone = mix(tone, mix(-1.05 + lamp * 1.15, tone, fog * fog), hit);
  tint = mix(tint, tint + n.x * 0.35 + (1.0 - sun) * 0.3, hit);
  glow = mix(glow, clamp(shine * gloss, 0.0, 1.0), hit);
}
