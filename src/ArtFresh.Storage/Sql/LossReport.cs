using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>What an epoch is known to have cost, and what came back since it was found.</summary>
/// <param name="Listeners">Listeners to whose log it has added, whose session was opened again, or whose sessions of before have delivered since.</param>
/// <param name="SessionsReopened">Sessions that the ledger had lost, and whose clients came back.</param>
/// <param name="ArtworksRemembered">Artworks that servers and browsers remembered beyond listeners' logs.</param>
/// <param name="ImpressionsBroughtBack">Impressions up to the floor that arrived since, of sessions of before.</param>
/// <param name="ImpressionsOfLostArt">Impressions of those sessions that arrived since and name art that the ledger has lost: answered as unknown, and not recorded.</param>
/// <param name="ImpressionsLostAtLeast">
/// Numbers that are missing in those sessions, of art that the ledger knows to have served to them: a lower bound, because it has lost what it served after the copy. Of clients that never come back,
/// nobody knows.
/// </param>
/// <param name="NumbersMissing">Numbers that are missing in those sessions, as their clients say: what the command <c>sessions</c> names, and what they gave by their end. Exact where clients are honest.</param>
public sealed record LossReport(
    long Listeners, long SessionsReopened, long ArtworksRemembered, long ImpressionsBroughtBack, long ImpressionsOfLostArt, long ImpressionsLostAtLeast, long NumbersMissing)
{
    /// <summary>Sessions of before that came back: opened before $1, and with a batch or an end since.</summary>
    private const string CameBack = "s.opened_at < $1 and (s.ended_at >= $1 or exists (select 1 from impression_batch l where l.session_id = s.session_id and l.received_at >= $1))";

    /// <summary>Whether something is known to be lost, or to have been lost and brought back.</summary>
    public bool IsLoss => SessionsReopened + ArtworksRemembered + ImpressionsOfLostArt + ImpressionsLostAtLeast > 0;

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
            $"""
            select cast(sum(m.missing) as bigint) from (
              select session_id, missing_change as missing from impression_batch union all select session_id, end_missing from session where end_missing <> 0) m
            join session s on s.session_id = m.session_id
            where {CameBack}
            group by m.session_id
            """,
            StoredRows.ReadNumber, cancellationToken, foundAt).ConfigureAwait(false)).Where(missing => missing > 0).Sum();
        return new LossReport(
            listeners.Count, reopened.Count, artworks, broughtBack, ofLostArt, lost, await CountMissingAsync(database, foundAt, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<long> CountMissingAsync(SqlDatabase database, long foundAt, CancellationToken cancellationToken)
    {
        var sessions = new Dictionary<Guid, (NumberIntervals Numbers, long Last)>();
        await database.QueryAsync(
            $"select s.session_id, coalesce(s.last_number, 0), b.impressions from session s left join impression_batch b on b.session_id = s.session_id where {CameBack}",
            row =>
            {
                var sessionId = database.Dialect.ReadId(row, 0);
                var (numbers, last) = sessions.TryGetValue(sessionId, out var before) ? before : (new NumberIntervals(int.MaxValue), row.GetInt64(1));
                foreach (var impression in PackedImpressions.Unpack(StoredRows.BytesOrNull(row, 2) ?? PackedImpressions.Pack([])))
                {
                    numbers.Add(impression.Number);
                }

                return sessions[sessionId] = (numbers, last);
            },
            cancellationToken, foundAt).ConfigureAwait(false);
        return sessions.Values.Sum(session => Math.Max(session.Last, session.Numbers.Highest) - session.Numbers.Count);
    }
}
