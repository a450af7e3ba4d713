using System.Globalization;
using System.Numerics;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>The colour space Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), where mixing keeps its hue.</summary>
internal static class Oklab
{
    /// <summary>Lightness in [0, 1], a and b of an sRGB colour <c>#rrggbb</c>, rounded to 1/4096 so that no language's cube root can tell.</summary>
    public static (double Lightness, double A, double B) FromHex(string hex)
    {
        var (red, green, blue) = (Channel(hex, 1), Channel(hex, 3), Channel(hex, 5));
        var l = Math.Cbrt((0.4122214708 * red) + (0.5363325363 * green) + (0.0514459929 * blue));
        var m = Math.Cbrt((0.2119034982 * red) + (0.6806995451 * green) + (0.1073969566 * blue));
        var s = Math.Cbrt((0.0883024619 * red) + (0.2817188376 * green) + (0.6299787005 * blue));
        return (
            Rounded((0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s)),
            Rounded((1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s)),
            Rounded((0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s)));
    }

    /// <summary>Gamma-encoded sRGB in [0, 1] of Oklab colours.</summary>
    public static (Lanes Red, Lanes Green, Lanes Blue) ToSrgb(Lanes lightness, Lanes a, Lanes b)
    {
        var l = lightness + (a * 0.3963377774f) + (b * 0.2158037573f);
        var m = lightness - (a * 0.1055613458f) - (b * 0.0638541728f);
        var s = lightness - (a * 0.0894841775f) - (b * 1.2914855480f);
        (l, m, s) = (l * l * l, m * m * m, s * s * s);
        return (
            Encoded((l * 4.0767416621f) - (m * 3.3077115913f) + (s * 0.2309699292f)),
            Encoded((l * -1.2684380046f) + (m * 2.6097574011f) - (s * 0.3413193965f)),
            Encoded((l * -0.0041960863f) - (m * 0.7034186147f) + (s * 1.7076147010f)));
    }

    private static double Rounded(double value) => Math.Floor((value * 4096) + 0.5) / 4096;

    private static double Channel(string hex, int at)
    {
        var value = int.Parse(hex.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    private static Lanes Encoded(Lanes linear)
    {
        var value = Wide.Clamp(linear, 0, 1);
        var curve = (Wide.Power(Vector.Max(value, new Lanes(1e-6f)), 1 / 2.4f) * 1.055f) - new Lanes(0.055f);
        return Vector.ConditionalSelect(Vector.LessThan(value, new Lanes(0.0031308f)), value * 12.92f, curve);
    }
}
