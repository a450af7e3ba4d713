using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>
/// Replays what is left of a listener's log: from its first row, or from the older snapshot where the rows before it are dropped. Compares each snapshot with what the rows up to it say.
/// </summary>
/// <param name="listener">Whose log.</param>
/// <param name="snapshots">The listener's snapshots.</param>
public sealed class ListenerReplay(string listener, IEnumerable<StoredSnapshot> snapshots)
{
    private readonly List<(StoredSnapshot Stored, FoldedLog Says)> _snapshots =
        [.. snapshots.Select(stored => (stored, stored.TryUnpack()!)).Where(one => one.Item2 is not null).OrderBy(one => one.stored.Snapshot.BlockNumber)];

    private readonly List<string> _faults = [];

    // What rows have that the snapshot that covers them has not, until a row is found that takes it out.
    private readonly Dictionary<long, string> _missing = [];
    private (StoredSnapshot Stored, FoldedLog Says)? _base;
    private long _last;

    /// <summary>What the log says so far.</summary>
    public ListenerLog Log { get; private set; } = new(listener);

    /// <summary>The first row; null before it.</summary>
    public long? First { get; private set; }

    /// <summary>Whether the rows that are dropped are covered: the set is all that the listener has.</summary>
    public bool IsWhole => First is null or <= 1 || _base is not null;

    /// <summary>What the snapshot says that stands for the dropped rows; null where none are.</summary>
    public FoldedLog? From => _base?.Says;

    /// <summary>Sentences about snapshots that are not what the log says.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Applies the next row.</summary>
    /// <returns>As <see cref="ListenerLog.Take"/>; empty for rows that the first snapshot covers.</returns>
    /// <exception cref="InvalidDataException">The row is damaged; nothing of it was applied.</exception>
    public IReadOnlyList<long> Take(BlockRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (First is null)
        {
            Begin(row.Number);
        }

        _last = row.Number;
        if (_base is { } from && row.Number <= from.Stored.Snapshot.BlockNumber)
        {
            CheckCovered(row);
            CheckEnd(row);
            return [];
        }

        var again = Log.Take(row);
        CheckEnd(row);
        return again;
    }

    /// <summary>Call it after the last row.</summary>
    public void End()
    {
        foreach (var (stored, _) in _snapshots.Where(one => one.Stored.Snapshot.BlockNumber > _last))
        {
            _faults.Add($"snapshot {stored.Snapshot.Slot} of listener {listener} covers block {stored.Snapshot.BlockNumber}; the log ends with block {_last}");
        }
    }

    private void Begin(long number)
    {
        First = number;
        if (number > 1 && _snapshots.FindIndex(one => one.Stored.Snapshot.BlockNumber >= number) is >= 0 and var at)
        {
            _base = _snapshots[at];
            Log = new ListenerLog(listener, _base.Value.Says);
        }
    }

    private void CheckCovered(BlockRow row)
    {
        foreach (var artworkId in PackedIds.Unpack(row.ArtworkIds))
        {
            if (!Log.EverHad(artworkId))
            {
                _missing[artworkId] = $"block {row.Number} of listener {listener} has artwork {artworkId}, and the snapshot that covers it has not";
            }
        }

        foreach (var artworkId in row.Kind == BlockKind.Undone && row.ReturnedIds is { } undone ? PackedIds.Unpack(undone) : [])
        {
            _missing.Remove(artworkId);
        }

        if (row.Number == _base!.Value.Stored.Snapshot.BlockNumber)
        {
            _faults.AddRange(_missing.Values);
        }
    }

    private void CheckEnd(BlockRow row)
    {
        foreach (var (stored, says) in _snapshots.Where(one => one.Stored.Snapshot.BlockNumber == row.Number))
        {
            var what = $"snapshot {stored.Snapshot.Slot} of listener {listener}, up to block {row.Number},";
            if (!stored.EndsWith(row.ToLogged()))
            {
                _faults.Add($"{what} ends with another row than the log");
            }
            else if (!says.Says(row.Number == _base?.Stored.Snapshot.BlockNumber ? _base.Value.Says : Log.Fold()))
            {
                _faults.Add($"{what} does not say what the log says");
            }
        }
    }
}
