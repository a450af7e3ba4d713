using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>Breeds genomes of version 2 for a mood.</summary>
public static class BredGenerator
{
    private const int Tries = 8;
    private const int Wanted = 2;

    /// <summary>
    /// A genome for a mood: structure and palette are drawn at random, weighted by their fit with the mood, the other parts from those that suit the structure. A picture that is
    /// flat, muddy, clipped or noisy as a thumbnail is drawn again from the next seed. The same mood and seed give the same genome.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The mood is outside [0, 1].</exception>
    public static BredGenome Draw(Mood mood, ulong seed)
    {
        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must be in [0, 1].");
        }

        var random = new SplitMix64(seed);
        var structure = Cast(ref random, mood);
        return Draw(structure, mood, random.Next());
    }

    /// <summary>How many structures there are, each of which is a family.</summary>
    public static int FamilyCount => BredRecipes.Structures.Count;

    /// <summary>The structure of the genome that <see cref="Draw(Mood, ulong)"/> returns; draws no picture.</summary>
    public static string FamilyOf(Mood mood, ulong seed)
    {
        var random = new SplitMix64(seed);
        return Cast(ref random, mood);
    }

    /// <summary>As <see cref="Draw(Mood, ulong)"/>, with the structure given.</summary>
    internal static BredGenome Draw(string structure, Mood mood, ulong seed)
    {
        var random = new SplitMix64(seed);
        return GenomeGenerator.Best(Tries, Wanted, () => Next(structure, mood, ref random), Score);
    }

    /// <summary>Score of a thumbnail; at 0 or less the picture is too flat, muddy, clipped, noisy, dark or pale to show.</summary>
    internal static double Score(BredGenome genome)
    {
        const int Side = PictureStatistics.ThumbnailSide;
        var measured = PictureStatistics.Of(GenomeRenderer.RenderRgba(genome, Side, Side), Side);
        double[] margins =
        [
            (measured.Contrast - 0.085) * 4,
            (measured.Contrast + measured.Chroma - 0.2) * 3,
            (0.2 - measured.Detail) * 6,
            (measured.Brightness - 0.12) * 4,
            (0.84 - measured.Brightness) * 4,
            (0.4 - measured.Clipped) * 2,
        ];
        return Math.Min(margins.Min(), 0.3) + (measured.Contrast * 0.3);
    }

    private static string Cast(ref SplitMix64 random, Mood mood) =>
        GenomeGenerator.Lot(ref random, mood, [.. BredRecipes.Structures.Keys], static name => BredRecipes.Structures[name].Mood, reach: 0.6);

    private static BredGenome Next(string structure, Mood mood, ref SplitMix64 random)
    {
        var recipe = BredRecipes.Structures[structure];
        var palette = GenomeGenerator.PaletteFor(ref random, mood);
        var letters = new char[4];
        foreach (var (trait, suited) in ((string[])[recipe.Symmetry, recipe.View, recipe.Material, recipe.Light]).Index())
        {
            letters[trait] = suited[random.NextIndex(suited.Length)];
        }

        return BredTraits.TryParse(new string(letters), out var traits)
            ? new BredGenome(structure, traits, random.Next(), palette, mood)
            : throw new InvalidOperationException($"The recipe of '{structure}' names traits that are none: {new string(letters)}.");
    }
}
