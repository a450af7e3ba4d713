using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>
/// All that a generated picture is made from. Its text form, such as <c>1-ripple-9f3a0c0000000000-dusk-710-330</c>
/// (version, family, seed in hexadecimal, palette, valence and energy in thousandths), is canonical: one genome, one text.
/// </summary>
public sealed record Genome
{
    private const string Version = "1";
    private const double MoodSteps = 1000;

    /// <summary>A genome of the given parts; the mood is rounded to thousandths, so that text and value are the same thing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The family or palette is none of the named, or the mood is outside [0, 1].</exception>
    public Genome(GenomeFamily family, ulong seed, Palette palette, Mood mood)
    {
        if (!Enum.IsDefined(family))
        {
            throw new ArgumentOutOfRangeException(nameof(family), family, "No such family.");
        }

        if (!Enum.IsDefined(palette))
        {
            throw new ArgumentOutOfRangeException(nameof(palette), palette, "No such palette.");
        }

        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must be in [0, 1].");
        }

        Family = family;
        Seed = seed;
        Palette = palette;
        Mood = new Mood(Math.Round(mood.Valence * MoodSteps) / MoodSteps, Math.Round(mood.Energy * MoodSteps) / MoodSteps);
    }

    /// <summary>The family of forms.</summary>
    public GenomeFamily Family { get; }

    /// <summary>What all weights are drawn from.</summary>
    public ulong Seed { get; }

    /// <summary>The colours.</summary>
    public Palette Palette { get; }

    /// <summary>The mood that shapes colours, symmetry and frequency; a whole number of thousandths in each coordinate.</summary>
    public Mood Mood { get; }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not the canonical text of a genome.</exception>
    public static Genome Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var genome)
            ? genome
            : throw new FormatException(
                $"'{(text.Length > 64 ? text[..64] + "…" : text)}' is not a genome: expected {Version}-family-seed-palette-valence-energy.");
    }

    /// <summary>Reads the text form; false, and no genome, when the text is not canonical.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Genome genome)
    {
        genome = null;
        if (text is null || text.Length > 64 || text.Split('-') is not [Version, var familyName, var seedText, var paletteName, var valenceText, var energyText])
        {
            return false;
        }

        if (!Enum.TryParse<GenomeFamily>(familyName, ignoreCase: true, out var family) || !Enum.IsDefined(family)
            || !Enum.TryParse<Palette>(paletteName, ignoreCase: true, out var palette) || !Enum.IsDefined(palette)
            || !ulong.TryParse(seedText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var seed)
            || !int.TryParse(valenceText, NumberStyles.None, CultureInfo.InvariantCulture, out var valence)
            || !int.TryParse(energyText, NumberStyles.None, CultureInfo.InvariantCulture, out var energy)
            || valence > MoodSteps || energy > MoodSteps)
        {
            return false;
        }

        var candidate = new Genome(family, seed, palette, new Mood(valence / MoodSteps, energy / MoodSteps));
        genome = candidate.ToString() == text ? candidate : null;
        return genome is not null;
    }

    /// <summary>The canonical text; safe in URLs, JSON and file names.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Version}-{NameOf(Family)}-{Seed:x16}-{NameOf(Palette)}-{Math.Round(Mood.Valence * MoodSteps):0}-{Math.Round(Mood.Energy * MoodSteps):0}");

    [SuppressMessage("Globalization", "CA1308", Justification = "The names are ours, in ASCII; the text form is lower case.")]
    internal static string NameOf<T>(T member) where T : struct, Enum => member.ToString().ToLowerInvariant();
}
