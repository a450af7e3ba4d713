using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>Draws new genomes for a mood and gives them titles.</summary>
public static class GenomeGenerator
{
    private const int Tries = 10;
    private const int Wanted = 4;

    /// <summary>
    /// A genome for a mood: family and palette are drawn at random, weighted by their fit with the mood; then, of the first sub-seeds that are neither
    /// flat nor noisy as a thumbnail, the one with the best measured contrast, detail and colour. The same mood and seed give the same genome.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The mood is outside [0, 1].</exception>
    public static FamilyGenome Draw(Mood mood, ulong seed)
    {
        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must be in [0, 1].");
        }

        var random = new SplitMix64(seed);
        var (family, palette) = Cast(ref random, mood);
        return Best(random, family, palette, mood);
    }

    /// <summary>How many families there are.</summary>
    public static int FamilyCount { get; } = Enum.GetValues<GenomeFamily>().Length;

    /// <summary>The look of the genome that <see cref="Draw(Mood, ulong)"/> returns; draws no picture.</summary>
    public static GenomeLook LookOf(Mood mood, ulong seed)
    {
        var random = new SplitMix64(seed);
        var (family, palette) = Cast(ref random, mood);
        return GenomeLook.Of(family, palette);
    }

    /// <summary>Family and palette by lot, the better the fit with the mood the likelier.</summary>
    internal static (GenomeFamily Family, Palette Palette) Cast(ref SplitMix64 random, Mood mood)
    {
        var family = Lot(ref random, mood, Enum.GetValues<GenomeFamily>(), static member => GenomeRecipes.Of(member).Mood, reach: 0.6);
        return (family, PaletteFor(ref random, mood));
    }

    /// <summary>A palette by lot among those that are light enough, the better the fit with the mood the likelier.</summary>
    internal static Palette PaletteFor(ref SplitMix64 random, Mood mood, double lightnessMin = 0) =>
        Lot(ref random, mood, [.. Enum.GetValues<Palette>().Where(palette => GenomeRecipes.Of(palette).Lightness >= lightnessMin)], static member => GenomeRecipes.Of(member).Mood, reach: 0.3);

    /// <summary>The title of a genome; see <see cref="GenomeTitles"/>.</summary>
    public static string TitleOf(Genome genome) => GenomeTitles.Of(genome);

    /// <summary>As <see cref="Draw(Mood, ulong)"/>, with the family given.</summary>
    internal static FamilyGenome Draw(GenomeFamily family, Mood mood, ulong seed)
    {
        var random = new SplitMix64(seed);
        var palette = PaletteFor(ref random, mood);
        return Best(random, family, palette, mood);
    }

    /// <summary>One of the members by lot, the better the fit of its home with the mood the likelier.</summary>
    internal static T Lot<T>(ref SplitMix64 random, Mood mood, T[] members, Func<T, double[]> home, double reach)
    {
        var shares = new int[members.Length];
        var total = 0;
        for (var index = 0; index < members.Length; index++)
        {
            var place = home(members[index]);
            var (dx, dy) = (place[0] - mood.Valence, place[1] - mood.Energy);
            shares[index] = 1 + (int)(1000 / (1 + Math.Pow(((dx * dx) + (dy * dy)) / (reach * reach), 2)));
            total += shares[index];
        }

        var ticket = random.NextIndex(total);
        for (var index = 0; ; index++)
        {
            ticket -= shares[index];
            if (ticket < 0)
            {
                return members[index];
            }
        }
    }

    private static FamilyGenome Best(SplitMix64 random, GenomeFamily family, Palette palette, Mood mood) =>
        Best(Tries, Wanted, () => new FamilyGenome(family, random.Next(), palette, mood), Score);

    /// <summary>The genome of the best score among the next ones, until so many are accepted, which is those with a score above 0.</summary>
    internal static T Best<T>(int tries, int wanted, Func<T> next, Func<T, double> scoreOf)
        where T : Genome
    {
        T? best = null;
        var (bestScore, accepted) = (double.NegativeInfinity, 0);
        for (var attempt = 0; attempt < tries && accepted < wanted; attempt++)
        {
            var genome = next();
            var score = scoreOf(genome);
            accepted += score > 0 ? 1 : 0;
            if (best is null || score > bestScore)
            {
                (best, bestScore) = (genome, score);
            }
        }

        return best!;
    }

    /// <summary>Score of a thumbnail; at 0 or less the picture is too flat, too noisy, too dark or too pale to show.</summary>
    internal static double Score(Genome genome)
    {
        const int Side = PictureStatistics.ThumbnailSide;
        var measured = PictureStatistics.Of(GenomeRenderer.RenderRgba(genome, Side, Side), Side);
        var wantedDetail = 0.03 + (0.035 * genome.Mood.Energy);
        return Math.Min(
            Math.Min((measured.Contrast - 0.1) * 4, (0.13 - measured.Detail) * 8),
            Math.Min((measured.Brightness - 0.12) * 4, (0.8 - measured.Brightness) * 4))
            - Math.Abs(Math.Log(Math.Max(measured.Detail, 1e-3) / wantedDetail) * 0.12);
    }
}
