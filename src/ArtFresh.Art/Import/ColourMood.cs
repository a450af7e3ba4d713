using ArtFresh.Contracts;
using NetVips;

namespace ArtFresh.Art;

/// <summary>
/// The mood of a picture by its colours. Its core is the regression of P. Valdez and A. Mehrabian, "Effects of color on emotions" (Journal of Experimental
/// Psychology: General 123, 1994): pleasure = 0.69 brightness + 0.22 saturation, arousal = -0.31 brightness + 0.60 saturation. Pleasure
/// also takes warmth. Arousal takes contrast, the density of edges and, at half weight, warmth instead of brightness: pleasure already
/// has brightness, which in a drawing is mostly that of the page. Each raw value is then mapped through its quantiles in a real
/// catalogue, so that a catalogue spreads over the plane of moods instead of clustering in its middle.
/// </summary>
internal static class ColourMood
{
    private const int SideMax = 96;

    // Chroma of a strong print colour: sRGB's primaries lie at 0.26 to 0.32.
    private const double ChromaOfSaturated = 0.28;

    // Orange, the warm pole, has a hue of about 60 degrees in Oklab; blue, the cold pole, is opposite.
    private static readonly double WarmA = Math.Cos(Math.PI / 3);
    private static readonly double WarmB = Math.Sin(Math.PI / 3);

    /// <summary>The mood of an 8-bit sRGB picture without transparency, of any size.</summary>
    public static Mood Of(Image picture)
    {
        var features = FeaturesOf(picture);
        return new Mood(Stretch(features.RawValence, ValenceQuantiles), Stretch(features.RawEnergy, EnergyQuantiles));
    }

    /// <summary>Measures the inputs of the mood as means over the pixels.</summary>
    internal static ColourFeatures FeaturesOf(Image picture)
    {
        using var small = picture.ThumbnailImage(SideMax, height: SideMax, size: Enums.Size.Down);
        var pixels = small.WriteToMemory<byte>();
        var (width, height, bands) = (small.Width, small.Height, small.Bands);
        var lightness = new float[width * height];
        double sum = 0, squares = 0, saturation = 0, warmth = 0;
        for (var i = 0; i < lightness.Length; i++)
        {
            var colour = Oklab.FromSrgb(pixels[i * bands], pixels[(i * bands) + 1], pixels[(i * bands) + 2]);
            lightness[i] = (float)colour.L;
            sum += colour.L;
            squares += colour.L * colour.L;
            saturation += Math.Min(1, colour.Chroma / ChromaOfSaturated);
            warmth += Math.Clamp(((colour.A * WarmA) + (colour.B * WarmB)) / ChromaOfSaturated, -1, 1);
        }

        var brightness = sum / lightness.Length;
        return new ColourFeatures(
            brightness,
            saturation / lightness.Length,
            warmth / lightness.Length,
            Math.Sqrt(Math.Max(0, (squares / lightness.Length) - (brightness * brightness))),
            EdgeDensity(lightness, width, height));
    }

    /// <summary>The mean difference in lightness between adjacent pixels, as a share of the difference between black and white.</summary>
    private static double EdgeDensity(float[] lightness, int width, int height)
    {
        if (width < 2 || height < 2)
        {
            return 0;
        }

        double sum = 0;
        for (var y = 0; y + 1 < height; y++)
        {
            for (var x = 0; x + 1 < width; x++)
            {
                var here = lightness[(y * width) + x];
                var across = lightness[(y * width) + x + 1] - here;
                var down = lightness[((y + 1) * width) + x] - here;
                sum += MathF.Sqrt((across * across) + (down * down));
            }
        }

        return sum / ((width - 1) * (height - 1));
    }

    /// <summary>Position of a value among the quantiles: 0 at the first, 1 at the last, interpolated linearly between them.</summary>
    private static double Stretch(double value, ReadOnlySpan<double> quantiles)
    {
        for (var i = 1; i < quantiles.Length; i++)
        {
            if (value < quantiles[i])
            {
                var within = Math.Max(0, (value - quantiles[i - 1]) / (quantiles[i] - quantiles[i - 1]));
                return (i - 1 + within) / (quantiles.Length - 1);
            }
        }

        return 1;
    }

    // The 17 quantiles, 0/16 to 16/16, of the 7,328 different drawings in Debian's openclipart-svg 0.18, printed by the explicit test CatalogueCalibrationTests.
    private static ReadOnlySpan<double> ValenceQuantiles =>
        [-0.284, 0.210, 0.301, 0.363, 0.424, 0.469, 0.502, 0.534, 0.565, 0.605, 0.627, 0.638, 0.647, 0.656, 0.730, 0.811, 1.424];

    private static ReadOnlySpan<double> EnergyQuantiles =>
        [0.025, 0.185, 0.263, 0.337, 0.430, 0.508, 0.557, 0.602, 0.646, 0.686, 0.736, 0.786, 0.845, 0.908, 0.992, 1.112, 2.447];
}

/// <summary>Means over a picture, from which its mood is computed.</summary>
/// <param name="Brightness">Lightness, 0 black to 1 white.</param>
/// <param name="Saturation">0 grey to 1 as colourful as a primary.</param>
/// <param name="Warmth">-1 all blue to 1 all orange.</param>
/// <param name="Contrast">Standard deviation of lightness, at most 0.5.</param>
/// <param name="Edges">Difference in lightness between adjacent pixels of a thumbnail: 0 is flat, detailed drawings have about 0.1.</param>
internal readonly record struct ColourFeatures(double Brightness, double Saturation, double Warmth, double Contrast, double Edges)
{
    /// <summary>Pleasure before it is mapped through the quantiles.</summary>
    public double RawValence => (0.69 * Brightness) + (0.22 * Saturation) + Warmth;

    /// <summary>Arousal before it is mapped through the quantiles.</summary>
    public double RawEnergy => (0.60 * Saturation) + (0.50 * Warmth) + Contrast + (6 * Edges);
}
