using System.Text;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>Writes prompts for an image model from a mood.</summary>
public static class MoodPrompt
{
    private const int HintLengthMax = 120;

    private static readonly string[] Feelings = ["desolate and brooding", "wistful", "quietly pensive", "hopeful and warm", "radiant and joyful"];

    private static readonly string[] Palettes =
    [
        "cold slate blues and black, a single ember of light",
        "muted indigo, grey-green and faded violet",
        "soft neutrals with one deep accent",
        "honeyed gold, coral and clear sky blue",
        "luminous orange, magenta and turquoise",
    ];

    private static readonly string[] Motions =
    [
        "utter stillness, wide empty space",
        "slow drifting forms, soft edges",
        "a steady, flowing rhythm",
        "swirling movement, bold strokes",
        "explosive motion, sharp contrasts, dense detail",
    ];

    private static readonly string[] Subjects =
    [
        "an abstract landscape at the edge of sleep", "a city seen through rain", "a garden that grows out of light", "the sea at an impossible hour",
        "birds turning into calligraphy", "a room where the walls have become sky", "mountains folded like paper", "a forest of glass and smoke",
        "dancers dissolving into colour", "a constellation reflected in still water", "ruins overgrown with flowers", "a train crossing a dream",
    ];

    private static readonly string[] Media =
    [
        "oil on canvas with visible brushwork", "gouache and ink", "a risograph print with grain", "layered cut paper", "watercolour, wet on wet",
        "a linocut in three colours", "pastel on dark paper",
    ];

    /// <summary>Number of different prompts for a mood before they repeat.</summary>
    public static int VariationCount => Subjects.Length * Media.Length;

    /// <summary>A prompt for one picture.</summary>
    /// <param name="mood">The mood, with coordinates in [0, 1].</param>
    /// <param name="musicHint">The music that is playing (a genre, a title), or null. Untrusted: cut to one line of 120 characters.</param>
    /// <param name="variation">Any number; selects subject and medium, so that one mood gives many pictures.</param>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is outside [0, 1].</exception>
    public static string PromptOf(Mood mood, string? musicHint, int variation = 0)
    {
        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must lie in [0, 1].");
        }

        // The numbers of subjects and media are coprime, so counting through both at once visits every pair.
        var pair = (int)((uint)variation % (uint)VariationCount);
        var prompt = new StringBuilder()
            .Append("A ").Append(Band(Feelings, mood.Valence)).Append(" artwork: ").Append(Subjects[pair % Subjects.Length])
            .Append(", ").Append(Media[pair % Media.Length])
            .Append(". Palette: ").Append(Band(Palettes, mood.Valence))
            .Append(". Composition: ").Append(Band(Motions, mood.Energy)).Append('.');
        if (Tidy(musicHint) is { } hint)
        {
            prompt.Append(" Made while listening to: ").Append(hint).Append('.');
        }

        return prompt.Append(" Full-bleed, gallery quality. No text, no letters, no signature, no frame, no watermark.").ToString();
    }

    private static string Band(string[] words, double value) => words[Math.Min(words.Length - 1, (int)(value * words.Length))];

    private static string? Tidy(string? hint)
    {
        if (hint is null)
        {
            return null;
        }

        var words = hint[..Math.Min(hint.Length, HintLengthMax * 4)]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => string.Concat(word.Where(character => char.IsLetterOrDigit(character) || "'&,+-()/#!".Contains(character, StringComparison.Ordinal))))
            .Where(word => word.Length > 0);
        var line = string.Join(' ', words);
        return line.Length == 0 ? null : line[..Math.Min(line.Length, HintLengthMax)].TrimEnd();
    }
}
