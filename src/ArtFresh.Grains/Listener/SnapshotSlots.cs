using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>What a listener's grain knows of the listener's two snapshots. The last one that is known to be whole is never written over.</summary>
/// <param name="blockNumbers">The block that each covers; 0 for an empty slot.</param>
/// <param name="good">The slot of the newest that is whole; null where none is.</param>
/// <param name="stateBytes">Its size.</param>
internal sealed class SnapshotSlots(IReadOnlyList<long> blockNumbers, int? good = null, int stateBytes = 0)
{
    /// <summary>Logs up to this size are read as fast as a snapshot: most guests never need one.</summary>
    private const int LogBytesMin = 2_048;

    private (long First, long Second) _blockNumbers = (blockNumbers[0], blockNumbers[1]);
    private int? _good = good;
    private long _dueAt = DueAfter(stateBytes);

    /// <summary>The slot to write next.</summary>
    public int Next => _good is { } slot ? 1 - slot : 0;

    /// <summary>The block that a slot's snapshot covers; 0 for an empty slot.</summary>
    public long this[int slot]
    {
        get => slot == 0 ? _blockNumbers.First : _blockNumbers.Second;
        private set => _blockNumbers = slot == 0 ? (value, _blockNumbers.Second) : (_blockNumbers.First, value);
    }

    /// <summary>Whether the log since the last snapshot has outgrown half of it, so that all snapshots together stay within a few times the log.</summary>
    public bool IsDue(long logBytes) => logBytes > _dueAt;

    /// <summary>A snapshot was written, and read back as it was written.</summary>
    public void NoteWritten(ListenerSnapshot snapshot)
    {
        (this[snapshot.Slot], _good) = (snapshot.BlockNumber, snapshot.Slot);
        _dueAt = DueAfter(snapshot.State.Length);
    }

    /// <summary>A snapshot was not written: the next try is after some more log.</summary>
    /// <param name="blockNumber">What the slot's snapshot covers.</param>
    /// <param name="logBytes">The log since the last good one.</param>
    public void NoteFailed(int slot, long blockNumber, long logBytes)
    {
        this[slot] = blockNumber;
        _dueAt = logBytes + LogBytesMin;
    }

    private static long DueAfter(int stateBytes) => Math.Max(LogBytesMin, stateBytes / 2);
}
