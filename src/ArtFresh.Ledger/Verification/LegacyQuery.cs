using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>The kinds of violation that the legacy query finds.</summary>
public enum LegacyKind
{
    /// <summary>An impression whose artwork has no <c>viewed_at</c>.</summary>
    NotViewed,

    /// <summary>An artwork set aside for a listener who had it.</summary>
    ServedTwice,
}

/// <summary>One violation that the legacy query found.</summary>
/// <param name="Listener">Null if the session's row was dropped.</param>
public sealed record LegacyFinding(LegacyKind Kind, string? Listener, Guid Session, long ArtworkId, DateTimeOffset At);

/// <summary>
/// The legacy query over a consistent snapshot of the whole ledger. Keeps a compressed set of artworks and one listener at a time in memory, so that its
/// memory does not grow with the history.
/// </summary>
public sealed class LegacyQuery
{
    private readonly ArtworkSet _viewed = new();
    private readonly Action<LegacyFinding> _found;
    private readonly List<StoredSnapshot> _snapshots = [];
    private ListenerReplay _log = new("", []);
    private long _notViewed;
    private long _servedTwice;
    private long _repeats;

    /// <param name="found">Called for each violation.</param>
    public LegacyQuery(Action<LegacyFinding> found) => _found = found;

    /// <summary>Rows read.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Number of rows to read; 0 until they are counted.</summary>
    public long RowsToRead { get; private set; }

    /// <summary>Reads the ledger and counts the violations. Call it once.</summary>
    /// <exception cref="InvalidDataException">A row is damaged; the message says which.</exception>
    public async Task<LegacyCounts> RunAsync(ILedgerMoment moment, CancellationToken cancellationToken)
    {
        var rows = await moment.CountRowsAsync(cancellationToken);
        RowsToRead = rows.Batches + rows.Blocks;
        await moment.ReadArtworksAsync(
            (artworkId, viewedAt) =>
            {
                if (viewedAt is not null)
                {
                    _viewed.Add(artworkId);
                }
            },
            cancellationToken);
        await moment.ReadBatchesAsync(AddBatch, cancellationToken);
        await moment.ReadBlocksAsync(_snapshots.Add, AddBlock, cancellationToken);
        return new LegacyCounts(_notViewed, _servedTwice, _repeats, rows.Artworks, _viewed.Count);
    }

    private void AddBatch(BatchRow batch)
    {
        RowsRead++;
        _repeats -= batch.Revisits;
        try
        {
            foreach (var impression in PackedImpressions.Read(batch.Impressions))
            {
                if (impression.Outcome == ImpressionOutcome.Repeat)
                {
                    _repeats++;
                }
                else if (impression.Outcome == ImpressionOutcome.Recorded && !_viewed.Contains(impression.ArtworkId))
                {
                    _notViewed++;
                    _found(new LegacyFinding(LegacyKind.NotViewed, batch.Listener, batch.Session, impression.ArtworkId, batch.ReceivedAt));
                }
            }
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"Batch {batch.Number} of session {batch.Session}: {damage.Message}", damage);
        }
    }

    private void AddBlock(BlockRow block)
    {
        RowsRead++;
        if (block.Listener != _log.Log.Listener)
        {
            _log = new ListenerReplay(block.Listener, _snapshots.Where(stored => stored.Snapshot.ListenerId == block.Listener));
            _snapshots.Clear();
        }

        try
        {
            foreach (var artworkId in _log.Take(block))
            {
                if (block.Kind != BlockKind.SetAside)
                {
                    continue;
                }

                _servedTwice++;
                _found(new LegacyFinding(LegacyKind.ServedTwice, block.Listener, block.Session, artworkId, block.LoggedAt));
            }
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"Block {block.Number} of listener {block.Listener}: {damage.Message}", damage);
        }
    }
}
