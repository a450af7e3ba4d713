using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads sessions and batches from the newest back, and table <c>kept_artwork</c>.</summary>
public sealed class SqlRecords(SqlDatabase database) : IListenerRecords
{
    /// <summary>After every session in order of ids.</summary>
    private static readonly Guid LastId = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    private readonly SqlDialect _dialect = database.Dialect;
    private readonly SqlErasures _erasures = new(database);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RecordedSession>> ReadSessionsBackAsync(string listenerId, Guid? last, int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            """
            select listener_id, session_id, release, opened_at, ended_at from session
            where listener_id = $1 and session_id <= $2 order by session_id desc limit $3
            """,
            row => new RecordedSession(row.GetString(0), _dialect.ReadId(row, 1), row.GetString(2), StoredRows.Time(row.GetInt64(3)), StoredRows.TimeOrNull(row, 4)),
            cancellationToken, listenerId, last ?? LastId, (long)count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RecordedBatch>> ReadBatchesBackAsync(Guid sessionId, long lastNumber, int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            """
            select batch_number, received_at, impressions, displayed_at, batch_id, report, cast(coalesce(network, 0) as bigint), cast(coalesce(revisits, 0) as bigint)
            from impression_batch
            where session_id = $1 and batch_number <= $2 order by batch_number desc limit $3
            """,
            row => new RecordedBatch(
                row.GetInt64(0), StoredRows.Time(row.GetInt64(1)), row.GetFieldValue<byte[]>(2), StoredRows.BytesOrNull(row, 3),
                _dialect.ReadId(row, 4), StoredRows.TextOrNull(row, 5), row.GetInt64(6), row.GetInt64(7)),
            cancellationToken, sessionId, lastNumber, (long)count);

    /// <inheritdoc/>
    public async Task<bool> KeepAsync(string listenerId, KeptArtwork kept, int keptMax, CancellationToken cancellationToken)
    {
        if (await KeepsAnyAsync([listenerId], kept.ArtworkId, cancellationToken).ConfigureAwait(false))
        {
            // A transaction that writes makes all others wait, also where it changes nothing.
            return true;
        }

        var proof = await _erasures.ProofOfAsync(listenerId, cancellationToken).ConfigureAwait(false);
        var isKept = await database.WriteAsync(
            async connection => await database.ExecuteAsync(
                connection,
                """
                insert into kept_artwork (listener_id, artwork_id, kept_at, checksum)
                select $1, $2, $3, $5 where (select count(*) from kept_artwork where listener_id = $1) < $4
                on conflict (listener_id, artwork_id) do nothing
                """,
                cancellationToken, listenerId, kept.ArtworkId, kept.KeptAt.ToUnixTimeMilliseconds(), (long)keptMax, SealedRows.Of(listenerId, kept)).ConfigureAwait(false) > 0
                // After the row, as with all that names a listener.
                && !await database.FindsAnyAsync(connection, "select 1 from erasure where proof = $1", cancellationToken, proof).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return isKept || await KeepsAnyAsync([listenerId], kept.ArtworkId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task UnkeepAsync(IReadOnlyCollection<string> listenerIds, long artworkId, CancellationToken cancellationToken)
    {
        if (await KeepsAnyAsync(listenerIds, artworkId, cancellationToken).ConfigureAwait(false))
        {
            await database.WriteAsync(
                $"delete from kept_artwork where {_dialect.OneOf("listener_id", 1)} and artwork_id = $2", cancellationToken, listenerIds.ToArray(), artworkId).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptArtwork>> ReadKeptBackAsync(string listenerId, KeptArtwork? before, int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            """
            select artwork_id, kept_at from kept_artwork where listener_id = $1 and (kept_at, artwork_id) < ($2, $3)
            order by kept_at desc, artwork_id desc limit $4
            """,
            row => new KeptArtwork(row.GetInt64(0), StoredRows.Time(row.GetInt64(1))),
            cancellationToken, listenerId, before?.KeptAt.ToUnixTimeMilliseconds() ?? long.MaxValue, before?.ArtworkId ?? long.MaxValue, (long)count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptArtwork>> FindKeptAsync(
        IReadOnlyCollection<string> listenerIds, IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => await database.QueryAsync(
            $"select artwork_id, kept_at from kept_artwork where {_dialect.OneOf("listener_id", 1)} and {_dialect.OneOf("artwork_id", 2)}",
            row => new KeptArtwork(row.GetInt64(0), StoredRows.Time(row.GetInt64(1))), cancellationToken, listenerIds.ToArray(), artworkIds.ToArray());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RecordedStrike>> ReadStrikesAsync(string listenerId, CancellationToken cancellationToken) => await database.QueryAsync(
        "select network, day, struck_at from claim_strike where listener_id = $1 order by struck_at, network, day",
        row => new RecordedStrike(
            row.GetInt64(0), row.GetInt64(0) == 0 ? null : DateOnly.FromDateTime(DateTimeOffset.UnixEpoch.AddDays(row.GetInt64(1)).UtcDateTime), StoredRows.Time(row.GetInt64(2))),
        cancellationToken, listenerId);

    /// <inheritdoc/>
    public async Task<ListenerHoldings> CountAsync(string listenerId, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"""
        select
          (select count(*) from session where listener_id = $1),
          (select count(*) from session s join impression_batch b on b.session_id = s.session_id where s.listener_id = $1),
          (select count(*) from listener_block where listener_id = $1),
          (select count(*) from {_dialect.SnapshotOf}) + (select count(*) from listener_snapshot where listener_id = $1),
          (select count(*) from kept_artwork where listener_id = $1),
          (select count(*) from listener_alias where account = $1),
          (select count(*) from claim_strike where listener_id = $1)
        """,
        row => new ListenerHoldings(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
        cancellationToken, listenerId)).Single();

    private async Task<bool> KeepsAnyAsync(IReadOnlyCollection<string> listenerIds, long artworkId, CancellationToken cancellationToken) =>
        (await FindKeptAsync(listenerIds, [artworkId], cancellationToken).ConfigureAwait(false)).Count > 0;
}
