using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// The last batches that this silo's writer has committed, for a tally that runs in the same process: it need not have the database read and send what has just
/// been written. A window, and never the truth: what is not in it is read from the ledger.
/// </summary>
/// <remarks>Kept from when a tally of this writer has first read the ledger here, and no longer than it keeps up.</remarks>
public sealed class RecentBatches
{
    /// <summary>Batches kept: those of the longest time between two ticks at full speed, and some more.</summary>
    public const int BatchesMax = 65_536;

    private const int IdsPerArray = 8_192;

    private readonly Lock _lock = new();
    private readonly Queue<LoggedBatch> _batches = new();

    // The ids of a hundred batches and more. The batches' own arrays and records, kept for a second or three, were half of what the garbage collector had to copy, three times over.
    private long[] _ids = [];
    private int _idCount;
    private long _writerNumber;
    private long _lastPosition;
    private bool _isFollowed;

    /// <summary>A batch is on disk, and is the writer's next.</summary>
    public void Add(long writerNumber, long position, BatchRecorded batch)
    {
        lock (_lock)
        {
            if (writerNumber != _writerNumber || _batches.Count == BatchesMax)
            {
                _isFollowed = false;
                _batches.Clear();
                (_ids, _idCount) = ([], 0);
            }

            (_writerNumber, _lastPosition) = (writerNumber, position);
            if (_isFollowed)
            {
                _batches.Enqueue(Kept(position, batch));
            }
        }
    }

    /// <summary>Who adds this writer's batches up is here.</summary>
    public void Follow(long writerNumber)
    {
        lock (_lock)
        {
            _isFollowed |= writerNumber == _writerNumber;
        }
    }

    /// <summary>
    /// A writer's batches after a position, in order, which are then no longer here; null when the ledger must be asked, also when none are left: a commit that was
    /// answered as failed, and so ended its writer, may have been made.
    /// </summary>
    public IReadOnlyList<LoggedBatch>? Take(long writerNumber, long afterPosition, int count)
    {
        lock (_lock)
        {
            var skipped = afterPosition - (_lastPosition - _batches.Count);
            if (writerNumber != _writerNumber || !_isFollowed || skipped < 0 || skipped >= _batches.Count)
            {
                return null;
            }

            for (; skipped > 0; skipped--)
            {
                _batches.Dequeue();
            }

            var taken = new LoggedBatch[Math.Min(count, _batches.Count)];
            for (var i = 0; i < taken.Length; i++)
            {
                taken[i] = _batches.Dequeue();
            }

            return taken;
        }
    }

    private LoggedBatch Kept(long position, BatchRecorded batch)
    {
        var ids = batch.ArtworkIds.AsSpan();
        if (_ids.Length - _idCount < ids.Length)
        {
            (_ids, _idCount) = (new long[Math.Max(IdsPerArray, ids.Length)], 0);
        }

        var recorded = _ids.AsMemory(_idCount, ids.Length);
        ids.CopyTo(recorded.Span);
        _idCount += ids.Length;
        var isAllRecorded = PackedImpressions.Read(batch.Impressions).Count == ids.Length;
        return new LoggedBatch(
            position, batch.Release, batch.OpenedAt, batch.ReceivedAt, isAllRecorded ? null : batch.Impressions, batch.Duplicates, batch.Report, batch.Account, recorded);
    }
}
