using System.Text;
using System.Text.RegularExpressions;

namespace ArtFresh.Art;

/// <summary>Metadata of a file; a missing part is null.</summary>
internal sealed partial record DescriptiveMetadata(string? Title, string? Author, string? Licence, string? Source = null, string? DigitalSourceType = null)
{
    private const int LengthMax = 200;

    public static DescriptiveMetadata None { get; } = new(null, null, null);

    /// <summary>Cleans a text for display: one line, no control characters, at most 200 characters; null if nothing is left.</summary>
    public static string? Tidy(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var tidy = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (tidy.Length >= LengthMax)
            {
                break;
            }

            if (Rune.IsWhiteSpace(rune))
            {
                if (tidy.Length > 0 && tidy[^1] != ' ')
                {
                    tidy.Append(' ');
                }
            }
            else if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format)
            {
                tidy.Append(rune.ToString());
            }
        }

        var line = tidy.ToString().Trim();
        return line.Length == 0 ? null : line;
    }

    /// <summary>Fills missing parts from another file's metadata.</summary>
    public DescriptiveMetadata Or(DescriptiveMetadata other) => new(
        Title ?? other.Title, Author ?? other.Author, Licence ?? other.Licence, Source ?? other.Source, DigitalSourceType ?? other.DigitalSourceType);

    /// <summary>A statement of rights, if it names a licence: "© Ann, all rights reserved" permits nothing.</summary>
    public static string? LicenceIn(string? rights) => Tidy(rights) is { } text && Licences().IsMatch(text) ? text : null;

    [GeneratedRegex(@"licen[cs]e|creative\s?commons|\bCC(0|[ -]BY)|public\s?domain|\bMIT\b|\bGPL", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Licences();
}
