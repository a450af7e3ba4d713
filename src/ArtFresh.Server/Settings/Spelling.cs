namespace ArtFresh.Server;

/// <summary>Suggests the name that a misspelt one may stand for.</summary>
internal static class Spelling
{
    private const int ChangesMax = 2;

    /// <summary>Whether a name is likely a misspelling of another.</summary>
    public static bool IsNear(string name, string other) =>
        !name.Equals(other, StringComparison.OrdinalIgnoreCase) && Distance(name.ToUpperInvariant(), other.ToUpperInvariant()) <= Math.Min(ChangesMax, other.Length / 2);

    /// <summary>The end of an error message: a full stop, or a question that suggests a known name.</summary>
    public static string Suggestion(string name, IEnumerable<string> known, string prefix) =>
        known.FirstOrDefault(other => IsNear(name, other)) is { } near ? $". Did you mean {prefix}{near}?" : ".";

    /// <summary>The Levenshtein distance: the number of inserted, removed and replaced characters.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
