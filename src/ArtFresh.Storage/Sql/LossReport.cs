using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>What an epoch is known to have cost, and what came back since it was found.</summary>
/// <param name="Listeners">Listeners to whose log it has added, whose session was opened again, or whose sessions of before have delivered since.</param>
/// <param name="SessionsReopened">Sessions that the ledger had lost, and whose clients came back.</param>
/// <param name="ArtworksRemembered">Artworks that servers and browsers remembered beyond listeners' logs.</param>
/// <param name="ImpressionsBroughtBack">Impressions up to the floor that arrived since, of sessions of before.</param>
/// <param name="ImpressionsOfLostArt">Impressions of those sessions that arrived since and name art that the ledger has lost: answered as unknown, and not recorded.</param>
/// <param name="ImpressionsLostAtLeast">Numbers that are missing in those sessions: a lower bound. Of clients that never come back, nobody knows.</param>
public sealed record LossReport(
    long Listeners, long SessionsReopened, long ArtworksRemembered, long ImpressionsBroughtBack, long ImpressionsOfLostArt, long ImpressionsLostAtLeast)
{
    /// <summary>Reads it. The cost grows with what happened since.</summary>
    public static async Task<LossReport> ReadAsync(SqlDatabase database, LedgerEpoch epoch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(epoch);
        var foundAt = epoch.FoundAt.ToUnixTimeMilliseconds();
        var listeners = new HashSet<string>();
        var artworks = 0L;
        foreach (var (listener, ids) in await database.QueryAsync(
            "select listener_id, artwork_ids from listener_block where session_id = $1 or session_id = $2",
            row => (row.GetString(0), row.GetFieldValue<byte[]>(1)), cancellationToken, EpochRows.Whole(epoch.Number), EpochRows.Kept(epoch.Number)).ConfigureAwait(false))
        {
            listeners.Add(listener);
            artworks += PackedIds.Unpack(ids).Length;
        }

        var reopened = await database.QueryAsync(
            "select listener_id from session where reopened_at >= $1", row => row.GetString(0), cancellationToken, foundAt).ConfigureAwait(false);
        listeners.UnionWith(reopened);
        var (broughtBack, ofLostArt) = (0L, 0L);
        foreach (var (listener, impressions) in await database.QueryAsync(
            "select s.listener_id, b.impressions from impression_batch b join session s on s.session_id = b.session_id where s.opened_at < $1 and b.received_at >= $1",
            row => (row.GetString(0), PackedImpressions.Unpack(row.GetFieldValue<byte[]>(1))), cancellationToken, foundAt).ConfigureAwait(false))
        {
            listeners.Add(listener);
            broughtBack += impressions.Count(one => one.Outcome == ImpressionOutcome.Recorded && one.ArtworkId <= epoch.Floor);
            ofLostArt += impressions.Count(one => one.Outcome == ImpressionOutcome.Unknown);
        }

        var lost = (await database.QueryAsync(
            """
            select cast(sum(m.missing) as bigint) from (
              select session_id, missing_change as missing from impression_batch union all select session_id, end_missing from session where end_missing <> 0) m
            join session s on s.session_id = m.session_id
            where s.opened_at < $1 and (s.ended_at >= $1 or exists (select 1 from impression_batch l where l.session_id = m.session_id and l.received_at >= $1))
            group by m.session_id
            """,
            StoredRows.ReadNumber, cancellationToken, foundAt).ConfigureAwait(false)).Where(missing => missing > 0).Sum();
        return new LossReport(listeners.Count, reopened.Count, artworks, broughtBack, ofLostArt, lost);
    }
}
