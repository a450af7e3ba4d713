namespace ArtFresh.Art;

/// <summary>
/// Draws the numbers of a genome from its seed, in rows of four. The browser's numbers.ts follows it step for step: the order of draws is part of the format, and no draw may
/// depend on the mood, or a small change of mood would change the whole picture.
/// </summary>
internal abstract class GenomeDraws(Genome genome, int rows)
{
    /// <summary>What the draws come from.</summary>
    protected SplitMix64 Random = new(genome.Seed);

    /// <summary>The numbers, rows of four.</summary>
    protected float[] Values { get; } = new float[rows * 4];

    protected double Valence { get; } = genome.Mood.Valence;

    protected double Energy { get; } = genome.Mood.Energy;

    protected void Put(int row, double x, double y, double z, double w)
    {
        Values[row * 4] = (float)x;
        Values[(row * 4) + 1] = (float)y;
        Values[(row * 4) + 2] = (float)z;
        Values[(row * 4) + 3] = (float)w;
    }

    protected double Between(double low, double high) => low + ((high - low) * Random.NextUnit());

    protected double Draw(double[] range)
    {
        var unit = Random.NextUnit();
        var low = range.Length == 4 ? Lively(range[0], range[2]) : range[0];
        var high = range.Length == 4 ? Lively(range[1], range[3]) : range[1];
        return low + ((high - low) * unit);
    }

    protected double Lively(double calm, double lively) => calm + ((lively - calm) * Energy);

    /// <summary>A unit vector from the half-angle's tangent t: exact arithmetic where a sine would not be.</summary>
    protected static (double Cosine, double Sine) Turn(double t)
    {
        var scale = 1 / (1 + (t * t));
        return ((1 - (t * t)) * scale, 2 * t * scale);
    }

    protected (double X, double Y) Direction()
    {
        var (cosine, sine) = Turn(Between(-1, 1));
        return Random.NextIndex(2) == 0 ? (cosine, sine) : (-cosine, sine);
    }

    /// <summary>How space is bent, in steps of two rows.</summary>
    protected void PlaceWarp(int first, int steps, double frequency, double amplitude)
    {
        for (var row = first; row < first + (steps * 2); row += 2)
        {
            var (firstX, firstY) = Direction();
            var (secondX, secondY) = Direction();
            Put(row, firstX * frequency, firstY * frequency, secondX * frequency, secondY * frequency);
            Put(row + 1, Random.NextUnit(), Random.NextUnit(), amplitude, 0);
            frequency *= 1.7;
            amplitude *= 0.62;
        }
    }

    protected void PlacePalette(int stops, int accent)
    {
        var palette = GenomeRecipes.Of(genome.Palette);
        for (var index = 0; index < palette.Stops.Length; index++)
        {
            PutColour(stops + index, palette.Stops[index]);
        }

        PutColour(accent, palette.Accent);
    }

    private void PutColour(int row, string hex)
    {
        var (lightness, a, b) = Oklab.FromHex(hex);
        var chroma = (0.88 + (Valence * 0.2)) * Lively(0.94, 1.1);
        Put(row, lightness + ((Valence - 0.5) * 0.05), (a * chroma) + ((Valence - 0.5) * 0.012), (b * chroma) + ((Valence - 0.5) * 0.03), 0);
    }
}
