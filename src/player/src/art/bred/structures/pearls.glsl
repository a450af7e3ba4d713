// Rows of balls in one light, each with its shine and its shadow.
void structure(vec2 p) {
  vec2 u = vec2(p.x, p.y * 1.1547005);
  tone = -0.85 + 0.2 * noise(p * 0.6) + tooth(p) * 0.05;
  tint = noise(p * 0.4 + 9.0);
  float cover = 0.0;
  vec2 light = net[12].xy;
  for (int i = 0; i < 12; i++) {
    float row = floor(u.y + 0.5) + float(i / 4) - 1.0;
    float shift = fract(row * 0.5) > 0.25 ? 0.5 : 0.0;
    float column = floor(u.x - shift + 0.5) + float(i % 4) - 2.0 + shift;
    vec4 h = hash(vec2(floor(column), row));
    vec2 d = p - vec2(column, row * 0.8660254) - (h.xy - 0.5) * shape(1) - vec2(wave(time * 0.03 + h.z), 0.0) * 0.02 * clamp(time, 0.0, 1.0);
    float r = shape(0) * (0.6 + 0.5 * h.z);
    float l = length(d);
    float ball = inside(r - l);
    vec2 off = d + light * r * 0.55;
    shade = max(shade, (1.0 - ball) * exp(min(r - length(off), 0.0) * 7.0 / r) * 0.75 * (1.0 - cover));
    float z = sqrt(max(r * r - l * l, 0.0)) / r;
    vec2 n = d / r;
    float lamp = clamp(dot(n, light) * 0.62 + z * 0.72, 0.0, 1.0);
    float shine = bell(length(n - light * 0.52) * 5.5);
    float sheen = bell((l / r - 0.93) * 8.0);
    float skin = wave(n.x * 1.2 + n.y * 0.8 + h.w) * 0.1 + noise(n * 5.0 + h.xy * 40.0) * 0.06;
    tone = mix(tone, -0.75 + lamp * 1.25 + (h.w - 0.5) * 0.8 + sheen * 0.18 + skin, ball);
    tint = mix(tint, (h.y - 0.5) * 2.4 + sheen * 0.7 + skin, ball);
    glow = mix(glow, clamp(shine * 1.1 + (h.x > 0.88 ? 0.7 * lamp : 0.0), 0.0, 1.0), ball);
    shade = mix(shade, clamp(0.35 - z * 0.4 - dot(n, light) * 0.2, 0.0, 0.6), ball);
    cover = max(cover, ball);
  }
}
