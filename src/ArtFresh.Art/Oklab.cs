using System.Globalization;
using System.Numerics;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>
/// A colour in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), where mixing keeps the hue: L in [0, 1], A and B in about
/// [-0.4, 0.4].
/// </summary>
internal readonly record struct Oklab(double L, double A, double B)
{
    // Linear value of each 8-bit sRGB channel value (IEC 61966-2-1).
    private static readonly double[] LinearOf = [.. Enumerable.Range(0, 256).Select(value => Linear(value / 255.0))];

    public double Chroma => Math.Sqrt((A * A) + (B * B));

    /// <summary>The colour of an 8-bit sRGB pixel.</summary>
    public static Oklab FromSrgb(byte red, byte green, byte blue)
    {
        var (r, g, b) = (LinearOf[red], LinearOf[green], LinearOf[blue]);
        var l = Math.Cbrt((0.4122214708 * r) + (0.5363325363 * g) + (0.0514459929 * b));
        var m = Math.Cbrt((0.2119034982 * r) + (0.6806995451 * g) + (0.1073969566 * b));
        var s = Math.Cbrt((0.0883024619 * r) + (0.2817188376 * g) + (0.6299787005 * b));
        return new Oklab(
            (0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s),
            (1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s),
            (0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s));
    }

    /// <summary>The colour of <c>#rrggbb</c>, rounded to 1/4096 so that the browser's cube root gives the same.</summary>
    public static Oklab FromHex(string hex)
    {
        var colour = FromSrgb(Channel(hex, 1), Channel(hex, 3), Channel(hex, 5));
        return new Oklab(Rounded(colour.L), Rounded(colour.A), Rounded(colour.B));
    }

    /// <summary>Gamma-encoded sRGB in [0, 1] of Oklab colours; colours outside sRGB are clipped.</summary>
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

    /// <summary>The nearest 8-bit sRGB pixel.</summary>
    public (byte Red, byte Green, byte Blue) ToSrgb()
    {
        var (red, green, blue) = ToSrgb(new Lanes((float)L), new Lanes((float)A), new Lanes((float)B));
        return (Byte(red), Byte(green), Byte(blue));

        static byte Byte(Lanes channel) => (byte)MathF.Round(channel[0] * 255);
    }

    private static double Rounded(double value) => Math.Floor((value * 4096) + 0.5) / 4096;

    private static byte Channel(string hex, int at) => byte.Parse(hex.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static double Linear(double encoded) => encoded <= 0.04045 ? encoded / 12.92 : Math.Pow((encoded + 0.055) / 1.055, 2.4);

    private static Lanes Encoded(Lanes linear)
    {
        var value = Wide.Clamp(linear, 0, 1);
        var curve = (Wide.Power(Vector.Max(value, new Lanes(1e-6f)), 1 / 2.4f) * 1.055f) - new Lanes(0.055f);
        return Vector.ConditionalSelect(Vector.LessThan(value, new Lanes(0.0031308f)), value * 12.92f, curve);
    }
}
