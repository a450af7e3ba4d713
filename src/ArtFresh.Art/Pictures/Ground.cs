using NetVips;

namespace ArtFresh.Art;

/// <summary>Chooses what a drawing without a background is put on: paper or night, with a breath of the drawing's own colour.</summary>
internal static class Ground
{
    private const float PaperLightness = 0.955f;
    private const float NightLightness = 0.21f;
    private const float PaperChromaMax = 0.022f;
    private const float NightChromaMax = 0.035f;

    // Under this difference in lightness a part of a drawing is lost on its ground.
    private const float LostUnder = 0.14f;
    private const byte AlphaVisible = 24;

    /// <summary>The ground for an 8-bit sRGB image with alpha: the one on which less of it is lost, paper where the two are even.</summary>
    /// <returns>An 8-bit sRGB colour.</returns>
    public static double[] Of(Image drawing)
    {
        using var small = drawing.ThumbnailImage(128, height: 128, size: Enums.Size.Down);
        var pixels = small.WriteToMemory<byte>();
        float seen = 0, lostOnPaper = 0, lostOnNight = 0, a = 0, b = 0;
        for (var i = 0; i + 3 < pixels.Length; i += 4)
        {
            if (pixels[i + 3] < AlphaVisible)
            {
                continue;
            }

            var weight = pixels[i + 3] / 255f;
            var colour = OklabColour.OfSrgb(pixels[i], pixels[i + 1], pixels[i + 2]);
            seen += weight;
            lostOnPaper += MathF.Abs(colour.L - PaperLightness) < LostUnder && colour.Chroma < 0.1f ? weight : 0;
            lostOnNight += MathF.Abs(colour.L - NightLightness) < LostUnder ? weight : 0;
            a += colour.A * weight;
            b += colour.B * weight;
        }

        return lostOnPaper > lostOnNight
            ? Tint(NightLightness, NightChromaMax, a / seen, b / seen)
            : Tint(PaperLightness, PaperChromaMax, a / seen, b / seen);
    }

    private static double[] Tint(float lightness, float chromaMax, float a, float b)
    {
        var chroma = MathF.Sqrt((a * a) + (b * b));
        var scale = chroma > 0 ? MathF.Min(chroma * 0.5f, chromaMax) / chroma : 0;
        var (red, green, blue) = new OklabColour(lightness, float.IsFinite(a) ? a * scale : 0, float.IsFinite(b) ? b * scale : 0).ToSrgb();
        return [red, green, blue];
    }
}
