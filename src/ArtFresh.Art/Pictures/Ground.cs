using NetVips;

namespace ArtFresh.Art;

/// <summary>Chooses the background of a transparent drawing: light or dark, tinted with the drawing's own colour.</summary>
internal static class Ground
{
    private const double PaperLightness = 0.955;
    private const double NightLightness = 0.21;
    private const double PaperChromaMax = 0.022;
    private const double NightChromaMax = 0.035;

    // Below this difference in lightness a part of a drawing is invisible on its background. Black is invisible on the dark one, which is a little lighter.
    private const double LostUnder = 0.14;
    private const byte AlphaVisible = 24;
    private const int Side = 128;

    /// <summary>A part of the drawing is lost if so much of it is: an outline's edges are drawn half transparent.</summary>
    private const double PartLost = 0.85;

    /// <summary>Specks, in pixels of the thumbnail.</summary>
    private const int PartMin = 3;

    /// <summary>
    /// The background for an 8-bit sRGB image with alpha: the one on which fewer parts of the drawing vanish, or else the one that hides less of it, or the light one if both
    /// hide the same. A part is what hangs together: white on paper is no loss where an outline shows it, and a black figure beside it vanishes on the dark ground.
    /// </summary>
    /// <returns>An 8-bit sRGB colour.</returns>
    public static double[] Of(Image drawing)
    {
        using var small = drawing.ThumbnailImage(Side, height: Side, size: Enums.Size.Down);
        var (pixels, width) = (small.WriteToMemory<byte>(), small.Width);
        var (paper, night, tint) = (new Loss(), new Loss(), new Mean());
        var reached = new bool[pixels.Length / 4];
        for (var start = 0; start < reached.Length; start++)
        {
            if (!reached[start] && IsVisible(pixels, start))
            {
                JudgePart(pixels, width, start, reached, paper, night, tint);
            }
        }

        return paper.IsMoreThan(night)
            ? Tint(NightLightness, NightChromaMax, tint.A, tint.B)
            : Tint(PaperLightness, PaperChromaMax, tint.A, tint.B);
    }

    private static bool IsVisible(byte[] pixels, int at) => pixels[(at * 4) + 3] >= AlphaVisible;

    private static void JudgePart(byte[] pixels, int width, int start, bool[] reached, Loss paper, Loss night, Mean tint)
    {
        double seen = 0, lostOnPaper = 0, lostOnNight = 0;
        var pending = new Stack<int>([start]);
        reached[start] = true;
        var size = 0;
        while (pending.TryPop(out var at))
        {
            size++;
            var weight = pixels[(at * 4) + 3] / 255.0;
            var colour = Oklab.FromSrgb(pixels[at * 4], pixels[(at * 4) + 1], pixels[(at * 4) + 2]);
            seen += weight;
            lostOnPaper += colour.L > PaperLightness - LostUnder && colour.Chroma < 0.1 ? weight : 0;
            lostOnNight += colour.L < NightLightness + LostUnder ? weight : 0;
            tint.Add(colour, weight);
            var (x, y) = (at % width, at / width);
            for (var neighbour = 0; neighbour < 9; neighbour++)
            {
                var (besideX, besideY) = (x + (neighbour % 3) - 1, y + (neighbour / 3) - 1);
                var beside = (besideY * width) + besideX;
                if (besideX >= 0 && besideX < width && besideY >= 0 && beside < reached.Length && !reached[beside] && IsVisible(pixels, beside))
                {
                    reached[beside] = true;
                    pending.Push(beside);
                }
            }
        }

        paper.Add(lostOnPaper, seen, size);
        night.Add(lostOnNight, seen, size);
    }

    private static double[] Tint(double lightness, double chromaMax, double a, double b)
    {
        var chroma = Math.Sqrt((a * a) + (b * b));
        var scale = chroma > 0 ? Math.Min(chroma * 0.5, chromaMax) / chroma : 0;
        var (red, green, blue) = new Oklab(lightness, double.IsFinite(a) ? a * scale : 0, double.IsFinite(b) ? b * scale : 0).ToSrgb();
        return [red, green, blue];
    }

    /// <summary>What a background hides.</summary>
    private sealed class Loss
    {
        private double _parts;
        private double _area;

        public void Add(double lost, double seen, int size)
        {
            _area += lost;
            // By the side and not the area of a part: a line of text counts beside a large shape.
            _parts += size >= PartMin && lost >= seen * PartLost ? Math.Sqrt(size) : 0;
        }

        public bool IsMoreThan(Loss other) => _parts != other._parts ? _parts > other._parts : _area > other._area;
    }

    /// <summary>The mean colour, which tints the background.</summary>
    private sealed class Mean
    {
        private double _weight;
        private double _a;
        private double _b;

        public double A => _a / _weight;

        public double B => _b / _weight;

        public void Add(Oklab colour, double weight)
        {
            _weight += weight;
            _a += colour.A * weight;
            _b += colour.B * weight;
        }
    }
}
