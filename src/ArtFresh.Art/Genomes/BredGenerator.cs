using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>Breeds genomes of version 2 for a mood.</summary>
public static class BredGenerator
{
    private const int Tries = 24;
    private const int Wanted = 2;

    /// <summary>
    /// A genome for a mood: structure and palette are drawn at random, weighted by their fit with the mood, symmetry and view from those that suit the structure. Of the pictures of
    /// that cast, one that is flat, muddy, clipped or noisy as a thumbnail is drawn again from the next seed, with other material and light. The same mood and seed give the same genome.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The mood is outside [0, 1].</exception>
    public static BredGenome Draw(Mood mood, ulong seed)
    {
        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must be in [0, 1].");
        }

        var random = new SplitMix64(seed);
        return Best(Cast(ref random, mood), mood, random);
    }

    /// <summary>How many structures there are, each of which is a family.</summary>
    public static int FamilyCount => BredRecipes.Structures.Count;

    /// <summary>The look of the genome that <see cref="Draw(Mood, ulong)"/> returns; draws no picture.</summary>
    public static GenomeLook LookOf(Mood mood, ulong seed)
    {
        var random = new SplitMix64(seed);
        var cast = Cast(ref random, mood);
        return GenomeLook.OfBred(cast.Structure, cast.Palette, cast.Symmetry, cast.View);
    }

    /// <summary>As <see cref="Draw(Mood, ulong)"/>, with the structure given.</summary>
    internal static BredGenome Draw(string structure, Mood mood, ulong seed)
    {
        var random = new SplitMix64(seed);
        return Best(Cast(structure, ref random, mood), mood, random);
    }

    /// <summary>Of the cast's pictures the best one, each of another seed, material and light.</summary>
    private static BredGenome Best((string Structure, Palette Palette, int Symmetry, int View) cast, Mood mood, SplitMix64 random)
    {
        var recipe = BredRecipes.Structures[cast.Structure];
        return GenomeGenerator.Best(
            Tries,
            Wanted,
            () => new BredGenome(cast.Structure, new BredTraits(cast.Symmetry, cast.View, Trait(2, recipe.Material, ref random), Trait(3, recipe.Light, ref random)), random.Next(), cast.Palette, mood),
            Score);
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

    private static (string Structure, Palette Palette, int Symmetry, int View) Cast(ref SplitMix64 random, Mood mood) =>
        Cast(GenomeGenerator.Lot(ref random, mood, [.. BredRecipes.Structures.Keys], static name => BredRecipes.Structures[name].Mood, reach: 0.6), ref random, mood);

    private static (string Structure, Palette Palette, int Symmetry, int View) Cast(string structure, ref SplitMix64 random, Mood mood)
    {
        var recipe = BredRecipes.Structures[structure];
        return (structure, GenomeGenerator.PaletteFor(ref random, mood, recipe.Lightness ?? 0), Trait(0, recipe.Symmetry, ref random), Trait(1, recipe.View, ref random));
    }

    /// <summary>The index of one of the letters that suit a structure.</summary>
    private static int Trait(int trait, string suited, ref SplitMix64 random)
    {
        var letter = suited[random.NextIndex(suited.Length)];
        return Array.FindIndex(BredRecipes.Traits[trait], word => word[0] == letter);
    }
}
