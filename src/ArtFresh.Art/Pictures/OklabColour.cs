namespace ArtFresh.Art;

/// <summary>A colour in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020): L in [0, 1], a and b about [-0.4, 0.4].</summary>
internal readonly record struct OklabColour(float L, float A, float B)
{
    private static readonly float[] Linear = LinearTable();

    public float Chroma => MathF.Sqrt((A * A) + (B * B));

    /// <summary>The colour of an 8-bit sRGB pixel (IEC 61966-2-1).</summary>
    public static OklabColour OfSrgb(byte red, byte green, byte blue)
    {
        var (r, g, b) = (Linear[red], Linear[green], Linear[blue]);
        var l = MathF.Cbrt((0.4122214708f * r) + (0.5363325363f * g) + (0.0514459929f * b));
        var m = MathF.Cbrt((0.2119034982f * r) + (0.6806995451f * g) + (0.1073969566f * b));
        var s = MathF.Cbrt((0.0883024619f * r) + (0.2817188376f * g) + (0.6299787005f * b));
        return new OklabColour(
            (0.2104542553f * l) + (0.7936177850f * m) - (0.0040720468f * s),
            (1.9779984951f * l) - (2.4285922050f * m) + (0.4505937099f * s),
            (0.0259040371f * l) + (0.7827717662f * m) - (0.8086757660f * s));
    }

    /// <summary>The nearest 8-bit sRGB pixel; what lies outside sRGB is clipped.</summary>
    public (byte Red, byte Green, byte Blue) ToSrgb()
    {
        var l = Cube(L + (0.3963377774f * A) + (0.2158037573f * B));
        var m = Cube(L - (0.1055613458f * A) - (0.0638541728f * B));
        var s = Cube(L - (0.0894841775f * A) - (1.2914855480f * B));
        return (
            Encode((4.0767416621f * l) - (3.3077115913f * m) + (0.2309699292f * s)),
            Encode((-1.2684380046f * l) + (2.6097574011f * m) - (0.3413193965f * s)),
            Encode((-0.0041960863f * l) - (0.7034186147f * m) + (1.7076147010f * s)));
    }

    private static float Cube(float x) => x * x * x;

    private static byte Encode(float linear)
    {
        var clipped = Math.Clamp(linear, 0f, 1f);
        var encoded = clipped <= 0.0031308f ? 12.92f * clipped : (1.055f * MathF.Pow(clipped, 1 / 2.4f)) - 0.055f;
        return (byte)MathF.Round(encoded * 255);
    }

    private static float[] LinearTable()
    {
        var table = new float[256];
        for (var value = 0; value < table.Length; value++)
        {
            var encoded = value / 255f;
            table[value] = encoded <= 0.04045f ? encoded / 12.92f : MathF.Pow((encoded + 0.055f) / 1.055f, 2.4f);
        }

        return table;
    }
}
