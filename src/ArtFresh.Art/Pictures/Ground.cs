using NetVips;

namespace ArtFresh.Art;

/// <summary>Chooses the background of a transparent drawing: light or dark, tinted with the drawing's own colour.</summary>
internal static class Ground
{
    private const double PaperLightness = 0.955;
    private const double NightLightness = 0.21;
    private const double PaperChromaMax = 0.022;
    private const double NightChromaMax = 0.035;

    // Below this difference in lightness a part of a drawing is invisible on its background.
    private const double LostUnder = 0.14;
    private const byte AlphaVisible = 24;

    /// <summary>The background for an 8-bit sRGB image with alpha: the one that hides less of it, or the light one if both hide the same.</summary>
    /// <returns>An 8-bit sRGB colour.</returns>
    public static double[] Of(Image drawing)
    {
        using var small = drawing.ThumbnailImage(128, height: 128, size: Enums.Size.Down);
        var pixels = small.WriteToMemory<byte>();
        double seen = 0, lostOnPaper = 0, lostOnNight = 0, a = 0, b = 0;
        for (var i = 0; i + 3 < pixels.Length; i += 4)
        {
            if (pixels[i + 3] < AlphaVisible)
            {
                continue;
            }

            var weight = pixels[i + 3] / 255.0;
            var colour = Oklab.FromSrgb(pixels[i], pixels[i + 1], pixels[i + 2]);
            seen += weight;
            lostOnPaper += Math.Abs(colour.L - PaperLightness) < LostUnder && colour.Chroma < 0.1 ? weight : 0;
            lostOnNight += Math.Abs(colour.L - NightLightness) < LostUnder ? weight : 0;
            a += colour.A * weight;
            b += colour.B * weight;
        }

        return lostOnPaper > lostOnNight
            ? Tint(NightLightness, NightChromaMax, a / seen, b / seen)
            : Tint(PaperLightness, PaperChromaMax, a / seen, b / seen);
    }

    private static double[] Tint(double lightness, double chromaMax, double a, double b)
    {
        var chroma = Math.Sqrt((a * a) + (b * b));
        var scale = chroma > 0 ? Math.Min(chroma * 0.5, chromaMax) / chroma : 0;
        var (red, green, blue) = new Oklab(lightness, double.IsFinite(a) ? a * scale : 0, double.IsFinite(b) ? b * scale : 0).ToSrgb();
        return [red, green, blue];
    }
}
