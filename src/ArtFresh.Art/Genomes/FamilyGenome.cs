using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>
/// A genome of version 1, such as <c>1-ripple-9f3a0c0000000000-dusk-710-330</c>: version, family, seed in hexadecimal, palette, valence and energy in thousandths. A network
/// corrects the formulas of one of twelve families.
/// </summary>
public sealed record FamilyGenome : Genome
{
    internal const string Version = "1";

    /// <summary>A genome of the given parts; the mood is rounded to thousandths, so that text and value are the same thing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The family or palette is none of the named, or the mood is outside [0, 1].</exception>
    public FamilyGenome(GenomeFamily family, ulong seed, Palette palette, Mood mood)
        : base(seed, palette, mood)
    {
        if (!Enum.IsDefined(family))
        {
            throw new ArgumentOutOfRangeException(nameof(family), family, "No such family.");
        }

        Family = family;
    }

    /// <summary>The family of forms.</summary>
    public GenomeFamily Family { get; }

    private protected override string Head => $"{Version}-{NameOf(Family)}";
}
