/**
 * Lightness, a and b in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020) of an sRGB colour `#rrggbb`, rounded to
 * 1/4096 so that no language's cube root can tell.
 */
export function oklabOf(hex: string): [number, number, number] {
  const [red, green, blue] = [channel(hex, 1), channel(hex, 3), channel(hex, 5)];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    rounded(0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s),
    rounded(1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s),
    rounded(0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s),
  ];
}

function rounded(value: number): number {
  return Math.floor(value * 4096 + 0.5) / 4096;
}

function channel(hex: string, at: number): number {
  const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
