using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>What an epoch is known to have cost, and what came back since it was found. A loss is of one epoch: the first that was found after it was possible.</summary>
/// <param name="Listeners">Listeners to whose log it has added, whose session was opened again, or whose sessions of before have delivered since.</param>
/// <param name="SessionsReopened">Sessions that the ledger had lost, and whose clients came back.</param>
/// <param name="ArtworksRemembered">Artworks that servers and browsers remembered beyond listeners' logs.</param>
/// <param name="ImpressionsBroughtBack">Impressions up to the floor that arrived since, of sessions of before.</param>
/// <param name="ImpressionsOfLostArt">Impressions of those sessions that arrived since and name art that the ledger has lost: answered as unknown, and not recorded.</param>
/// <param name="ImpressionsLostAtLeast">
/// Numbers that those sessions left out between a batch from before the epoch and one since, of art that the ledger knows to have served to them: a lower bound, because it has lost what it served after
/// the copy. What a client says at its end to have given counts for nothing here. Of clients that never come back, nobody knows.
/// </param>
/// <param name="NumbersMissing">All numbers that are missing between those two, and up to the last that the client said at its end to have given. Exact where clients are honest.</param>
public sealed record LossReport(
    long Listeners, long SessionsReopened, long ArtworksRemembered, long ImpressionsBroughtBack, long ImpressionsOfLostArt, long ImpressionsLostAtLeast, long NumbersMissing)
{
    /// <summary>Whether something is known to be lost, or to have been lost and brought back.</summary>
    public bool IsLoss => SessionsReopened + ArtworksRemembered + ImpressionsOfLostArt + ImpressionsLostAtLeast > 0;

    /// <summary>Reads that of each epoch but the ledger's first, in their order. The cost grows with what happened since.</summary>
    /// <param name="epochs">All of the ledger.</param>
    public static async Task<IReadOnlyList<(LedgerEpoch Epoch, LossReport Loss)>> ReadAllAsync(SqlDatabase database, EpochList epochs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(epochs);
        var counts = new LossCounts([.. epochs.All.Where(epoch => epoch.Number > LedgerEpoch.First)]);
        foreach (var epoch in counts.Epochs)
        {
            foreach (var (listener, ids) in await database.QueryAsync(
                "select listener_id, artwork_ids from listener_block where session_id = $1 or session_id = $2",
                row => (row.GetString(0), row.GetFieldValue<byte[]>(1)), cancellationToken, EpochRows.Whole(epoch.Number), EpochRows.Kept(epoch.Number)).ConfigureAwait(false))
            {
                counts.AddRemembered(epoch, listener, PackedIds.Unpack(ids).Length);
            }
        }

        foreach (var (listener, openedAt, reopenedAt) in await database.QueryAsync(
            "select listener_id, opened_at, reopened_at from session where reopened_at is not null",
            row => (row.GetString(0), StoredRows.Time(row.GetInt64(1)), StoredRows.Time(row.GetInt64(2))), cancellationToken).ConfigureAwait(false))
        {
            counts.AddReopened(listener, openedAt, reopenedAt);
        }

        await ReadSessionsAsync(database, counts, cancellationToken).ConfigureAwait(false);
        return counts.Reports;
    }

    private static async Task ReadSessionsAsync(SqlDatabase database, LossCounts counts, CancellationToken cancellationToken)
    {
        SessionLoss? session = null;
        await database.QueryAsync(
            // Sessions of before an epoch that came back: with a batch or an end since.
            """
            select s.session_id, s.listener_id, s.opened_at, s.ended_at, coalesce(s.last_number, 0), cast(coalesce(s.end_missing, 0) as bigint), b.received_at, b.missing_change, b.impressions
            from session s left join impression_batch b on b.session_id = s.session_id
            where exists (
              select 1 from ledger_epoch e where e.epoch > 1 and s.opened_at < e.found_at
                and (s.ended_at >= e.found_at or exists (select 1 from impression_batch l where l.session_id = s.session_id and l.received_at >= e.found_at)))
            order by s.session_id, b.batch_number
            """,
            row =>
            {
                var sessionId = database.Dialect.ReadId(row, 0);
                if (session?.Session != sessionId)
                {
                    session?.End(counts);
                    session = new SessionLoss(sessionId, row.GetString(1), StoredRows.Time(row.GetInt64(2)), StoredRows.TimeOrNull(row, 3), row.GetInt64(4), row.GetInt64(5));
                }

                if (!row.IsDBNull(6))
                {
                    session.Take(counts, StoredRows.Time(row.GetInt64(6)), row.GetInt64(7), PackedImpressions.Unpack(row.GetFieldValue<byte[]>(8)));
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        session?.End(counts);
    }
}
