using System.Globalization;

namespace ArtFresh.Server;

/// <summary>What a backfill has read: rows by reason, unknown names, times with their readings, and listeners. Every row that is left out goes to a file, if one is named.</summary>
/// <param name="leftOut">A CSV with the columns place, listener, artwork, reason; null for none.</param>
internal sealed class BackfillReport(TextWriter? leftOut)
{
    private const int ShownMax = 20;
    private const int NamesMax = 1_000_000;

    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _unknown = [];
    private readonly SortedDictionary<string, (long Rows, string Sample)> _readings = new(StringComparer.Ordinal);
    private readonly List<LeftOutRow> _shown = [];
    private string? _listener;

    /// <summary>The first rows that are left out.</summary>
    public IReadOnlyList<LeftOutRow> Shown => _shown;

    /// <summary>Counts of rows that are left out, by the kind of reason.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>Times by how they were read, each with a row's value and what it was taken for.</summary>
    public IReadOnlyDictionary<string, (long Rows, string Sample)> Readings => _readings;

    /// <summary>Names of no artwork, the most frequent first.</summary>
    public IEnumerable<(string Name, long Rows)> Unknown => _unknown.OrderByDescending(name => name.Value).ThenBy(name => name.Key, StringComparer.Ordinal).Take(ShownMax).Select(name => (name.Key, name.Value));

    /// <summary>Distinct names of no artwork, up to a million.</summary>
    public int UnknownNames => _unknown.Count;

    /// <summary>Listeners who are guests, and who sign in by a subject.</summary>
    public (long Guests, long Subjects) Listeners { get; private set; }

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    public void LeaveOut(LeftOutRow row)
    {
        _reasons[row.Kind] = _reasons.GetValueOrDefault(row.Kind) + 1;
        if (_shown.Count < ShownMax)
        {
            _shown.Add(row);
        }

        leftOut?.WriteLine(string.Join(',', new[] { row.Where, row.Listener, row.Artwork, row.Why }.Select(Quoted)));
    }

    public void LeaveOutUnknown(string where, string listener, string artwork, string why)
    {
        if (_unknown.Count < NamesMax || _unknown.ContainsKey(artwork))
        {
            _unknown[artwork] = _unknown.GetValueOrDefault(artwork) + 1;
        }

        LeaveOut(new LeftOutRow(where, "unknown artwork", why, listener, artwork));
    }

    /// <summary>Counts a time that was read.</summary>
    public void NoteTime(object value, DateTimeOffset time, string reading)
    {
        var known = _readings.TryGetValue(reading, out var noted);
        _readings[reading] = (noted.Rows + 1, known ? noted.Sample : string.Create(CultureInfo.InvariantCulture, $"{value} is {time:yyyy-MM-dd HH:mm:ss} UTC"));
        First = First < time ? First : time;
        Last = Last > time ? Last : time;
    }

    /// <summary>Counts a row's listener. The rows are sorted by listener.</summary>
    public void NoteListener(string listener)
    {
        if (listener != _listener)
        {
            _listener = listener;
            Listeners = Contracts.ListenerNames.IsGuest(listener) ? (Listeners.Guests + 1, Listeners.Subjects) : (Listeners.Guests, Listeners.Subjects + 1);
        }
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
