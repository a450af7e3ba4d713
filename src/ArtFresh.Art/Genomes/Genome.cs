using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>
/// All that a generated picture is made from. Its text form begins with its version and is canonical: one genome, one text. A <see cref="FamilyGenome"/> has version 1, a
/// <see cref="BredGenome"/> version 2. Both are drawn for ever.
/// </summary>
public abstract record Genome
{
    private const double MoodSteps = 1000;

    private protected Genome(ulong seed, Palette palette, Mood mood)
    {
        if (!Enum.IsDefined(palette))
        {
            throw new ArgumentOutOfRangeException(nameof(palette), palette, "No such palette.");
        }

        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must be in [0, 1].");
        }

        Seed = seed;
        Palette = palette;
        Mood = new Mood(Math.Round(mood.Valence * MoodSteps) / MoodSteps, Math.Round(mood.Energy * MoodSteps) / MoodSteps);
    }

    /// <summary>What all numbers are drawn from.</summary>
    public ulong Seed { get; }

    /// <summary>The colours.</summary>
    public Palette Palette { get; }

    /// <summary>The mood that shapes colours, symmetry and frequency; a whole number of thousandths in each coordinate.</summary>
    public Mood Mood { get; }

    /// <summary>The text before the seed: the version and what that version chooses by name.</summary>
    private protected abstract string Head { get; }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not the canonical text of a genome.</exception>
    public static Genome Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var genome)
            ? genome
            : throw new FormatException(
                $"'{(text.Length > Limits.GenomeLengthMax ? text[..Limits.GenomeLengthMax] + "…" : text)}' is not a genome: expected 1-family-seed-palette-valence-energy or 2-structure-traits-seed-palette-valence-energy.");
    }

    /// <summary>Reads the text form; false, and no genome, when the text is not canonical.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Genome genome)
    {
        var candidate = text is null || text.Length > Limits.GenomeLengthMax ? null : Read(text.Split('-'));
        genome = candidate?.ToString() == text ? candidate : null;
        return genome is not null;
    }

    /// <summary>The canonical text; safe in URLs, JSON and file names.</summary>
    public sealed override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Head}-{Seed:x16}-{NameOf(Palette)}-{Math.Round(Mood.Valence * MoodSteps):0}-{Math.Round(Mood.Energy * MoodSteps):0}");

    [SuppressMessage("Globalization", "CA1308", Justification = "The names are ours, in ASCII; the text form is lower case.")]
    internal static string NameOf<T>(T member) where T : struct, Enum => member.ToString().ToLowerInvariant();

    /// <summary>The genome of the words, which need not be canonical; null if there is none.</summary>
    private static Genome? Read(string[] words)
    {
        if (words.Length < 5
            || !ulong.TryParse(words[^4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var seed)
            || !Enum.TryParse<Palette>(words[^3], ignoreCase: true, out var palette) || !Enum.IsDefined(palette)
            || !int.TryParse(words[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var valence)
            || !int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var energy)
            || valence > MoodSteps || energy > MoodSteps)
        {
            return null;
        }

        var mood = new Mood(valence / MoodSteps, energy / MoodSteps);
        return words[..^4] switch
        {
            [FamilyGenome.Version, var name] => Enum.TryParse<GenomeFamily>(name, ignoreCase: true, out var family) && Enum.IsDefined(family)
                ? new FamilyGenome(family, seed, palette, mood)
                : null,
            [BredGenome.Version, var structure, var traits] => BredTraits.TryParse(traits, out var read) && BredRecipes.Structures.ContainsKey(structure)
                ? new BredGenome(structure, read, seed, palette, mood)
                : null,
            _ => null,
        };
    }
}
