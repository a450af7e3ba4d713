using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Storage.Audit;

/// <summary>Why something is legacy art.</summary>
public enum LegacyKind
{
    /// <summary>An impression whose artwork has no <c>viewed_at</c>.</summary>
    NotViewed,

    /// <summary>Set aside for a listener who had it.</summary>
    ServedAgain,

    /// <summary>Shown to a listener who had been shown it.</summary>
    ShownAgain,
}

/// <summary>One appearance of legacy art.</summary>
/// <param name="Listener">Null where the session's row is gone.</param>
public sealed record LegacyFinding(LegacyKind Kind, string? Listener, Guid Session, long ArtworkId, DateTimeOffset At);

/// <summary>
/// The legacy query, over all rows of one moment's ledger. Of artworks it holds a compressed set, of listeners one at a time: what it takes does not grow with
/// the history.
/// </summary>
public sealed class LegacyQuery
{
    private readonly ArtworkSet _viewed = new();
    private readonly Action<LegacyFinding> _found;
    private ListenerLog _log = new("");
    private long _artworks;
    private long _notViewed;
    private long _servedAgain;
    private long _shownAgain;

    /// <param name="found">Told of each appearance.</param>
    public LegacyQuery(Action<LegacyFinding> found) => _found = found;

    /// <summary>Rows read.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Rows that there are to read, as soon as they are counted.</summary>
    public long RowsToRead { get; private set; }

    /// <summary>Reads the ledger and counts, once.</summary>
    /// <exception cref="InvalidDataException">A row is damaged; the message says which.</exception>
    public async Task<LegacyAudit> RunAsync(LedgerMoment moment, CancellationToken cancellationToken)
    {
        _artworks = await moment.CountAsync("select count(*) from artwork", cancellationToken);
        RowsToRead = await moment.CountAsync("select (select count(*) from impression_batch) + (select count(*) from listener_block)", cancellationToken);
        await moment.EachAsync(
            "select artwork_id from artwork where viewed_at is not null", row => _viewed.Add(row.GetInt64(0)), cancellationToken);
        await moment.EachAsync(
            "select s.listener_id, b.session_id, b.batch_number, b.received_at, b.impressions from impression_batch b left join session s on s.session_id = b.session_id",
            row => AddBatch(
                row.IsDBNull(0) ? null : row.GetString(0), moment.ReadId(row, 1), row.GetInt64(2), StoredRows.Time(row.GetInt64(3)), row.GetFieldValue<byte[]>(4)),
            cancellationToken);
        await moment.EachAsync(
            $"select listener_id, session_id, block_number, logged_at, kind, artwork_ids, returned_ids from listener_block order by listener_id{moment.Bytewise}, block_number",
            row => AddBlock(
                new BlockRow(
                    row.GetString(0), moment.ReadId(row, 1), row.GetInt64(2), StoredRows.Time(row.GetInt64(3)), (BlockKind)row.GetInt32(4),
                    row.GetFieldValue<byte[]>(5), row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6))),
            cancellationToken);
        return new LegacyAudit(_notViewed, _servedAgain, _shownAgain, _artworks, _viewed.Count);
    }

    private void AddBatch(string? listener, Guid session, long number, DateTimeOffset receivedAt, byte[] packed)
    {
        RowsRead++;
        try
        {
            foreach (var impression in PackedImpressions.Read(packed))
            {
                if (impression.Outcome == ImpressionOutcome.Repeat)
                {
                    _shownAgain++;
                    _found(new LegacyFinding(LegacyKind.ShownAgain, listener, session, impression.ArtworkId, receivedAt));
                }
                else if (impression.Outcome == ImpressionOutcome.Recorded && !_viewed.Contains(impression.ArtworkId))
                {
                    _notViewed++;
                    _found(new LegacyFinding(LegacyKind.NotViewed, listener, session, impression.ArtworkId, receivedAt));
                }
            }
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"Batch {number} of session {session}: {damage.Message}", damage);
        }
    }

    private void AddBlock(BlockRow block)
    {
        RowsRead++;
        if (block.Listener != _log.Listener)
        {
            _log = new ListenerLog(block.Listener);
        }

        try
        {
            foreach (var artworkId in _log.Take(block))
            {
                _servedAgain++;
                _found(new LegacyFinding(LegacyKind.ServedAgain, block.Listener, block.Session, artworkId, block.LoggedAt));
            }
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"Block {block.Number} of listener {block.Listener}: {damage.Message}", damage);
        }
    }
}
