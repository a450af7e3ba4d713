using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>
/// A genome of version 2, such as <c>2-knot-nwhe-9f3a0c0000000000-dusk-710-330</c>: version, structure, traits, seed in hexadecimal, palette, valence and energy in thousandths.
/// A picture is bred from its parts: what is drawn, by which symmetry, how it is seen, of which material, in which light and colours.
/// </summary>
public sealed record BredGenome : Genome
{
    internal const string Version = "2";

    /// <summary>A genome of the given parts; the mood is rounded to thousandths, so that text and value are the same thing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The structure or palette is none of the named, or the mood is outside [0, 1].</exception>
    public BredGenome(string structure, BredTraits traits, ulong seed, Palette palette, Mood mood)
        : base(seed, palette, mood)
    {
        if (!BredRecipes.Structures.ContainsKey(structure))
        {
            throw new ArgumentOutOfRangeException(nameof(structure), structure, "No such structure.");
        }

        Structure = structure;
        Traits = traits;
    }

    /// <summary>The name of what is drawn.</summary>
    public string Structure { get; }

    /// <summary>How it is drawn.</summary>
    public BredTraits Traits { get; }

    private protected override string Head => $"{Version}-{Structure}-{Traits}";
}
