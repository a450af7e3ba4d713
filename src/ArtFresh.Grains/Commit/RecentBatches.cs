using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Batches that this silo's writer has committed and its tally has not added up, so that the tally need not read them from the database. Bounded: the tally reads what is
/// missing here from the ledger.
/// </summary>
public sealed class RecentBatches
{
    /// <summary>The most batches held: more than a writer commits at full speed between two tallies.</summary>
    public const int BatchesMax = 65_536;

    private const int IdsPerArray = 8_192;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private readonly Queue<LoggedBatch> _batches = new();

    // Ids are copied into shared arrays, so that the batches' own arrays die young.
    private long[] _ids = [];
    private int _idCount;
    private long _lastPosition;

    /// <summary>The writer whose batches these are, 0 before its first.</summary>
    public long WriterNumber { get; private set; }

    /// <summary>The epoch that the writer was started in; 0 before its first batch.</summary>
    public long Epoch { get; private set; }

    /// <summary>Adds the writer's next batch, which is on disk. When the window is full, it is emptied first.</summary>
    public void Add(long writerNumber, long position, BatchRecorded batch, long epoch = 0)
    {
        lock (_lock)
        {
            if (writerNumber != WriterNumber || _batches.Count == BatchesMax)
            {
                _batches.Clear();
                (_ids, _idCount) = ([], 0);
            }

            (WriterNumber, _lastPosition, Epoch) = (writerNumber, position, epoch);
            _batches.Enqueue(Kept(position, batch));
            Signal();
        }
    }

    /// <summary>Waits for a batch to be added, or for <see cref="SignalAgain"/>.</summary>
    public Task ArrivedAsync(CancellationToken cancellationToken) => _arrived.WaitAsync(cancellationToken);

    /// <summary>Completes the next wait at once, because adding up the taken batches failed.</summary>
    public void SignalAgain()
    {
        lock (_lock)
        {
            Signal();
        }
    }

    /// <summary>Removes and returns a writer's batches after a position, in order.</summary>
    /// <returns>Empty when there are none; null when some are no longer here and must be read from the ledger.</returns>
    public IReadOnlyList<LoggedBatch>? Take(long writerNumber, long afterPosition, int count)
    {
        lock (_lock)
        {
            var skipped = afterPosition - (_lastPosition - _batches.Count);
            if (writerNumber != WriterNumber || skipped < 0)
            {
                return null;
            }

            for (; skipped > 0 && _batches.Count > 0; skipped--)
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

    private void Signal()
    {
        if (_arrived.CurrentCount == 0)
        {
            _arrived.Release();
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
            position, batch.Release, batch.OpenedAt, batch.ReceivedAt, isAllRecorded ? null : batch.Impressions, batch.Duplicates, batch.Report, batch.Account, recorded, batch.Network, batch.Revisits);
    }
}
