using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>
/// Takes what struck listeners claimed out of the sums for good, in the transaction that deletes their batches: nothing is left then by which a reading could leave it out.
/// </summary>
internal sealed class StruckSums(SqlDatabase database, DbConnection connection, CancellationToken stop)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Takes out the tallied batches of some sessions whose listeners are struck. Call it before their rows are deleted.</summary>
    /// <param name="sessions">Ids of sessions, as the database stores them.</param>
    public async Task TakeOutAsync(IEnumerable<object> sessions)
    {
        var struck = new List<TalliedBatch>();
        foreach (var session in sessions)
        {
            struck.AddRange(await database.QueryAsync(
                connection,
                $"""
                select {SqlFigures.BatchColumns}
                from session s join impression_batch b on b.session_id = s.session_id join tally_checkpoint c on c.writer_number = b.writer_number
                where s.session_id = $1 and b.position <= c.position and not {StruckBatches.IsNotStruck}
                """,
                row => new TalliedBatch(SqlFigures.ReadBatch(row)), null, stop, session).ConfigureAwait(false));
        }

        if (struck.Count > 0)
        {
            await TakeAsync("release_counter", "hour", struck, Hour).ConfigureAwait(false);
            await TakeAsync("release_minute", "minute", struck, Minute).ConfigureAwait(false);
            await TakeNetworksAsync(struck).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(string table, string time, List<TalliedBatch> struck, TimeSpan span)
    {
        var counters = new List<CounterAdded>();
        foreach (var (release, at) in struck.SelectMany(batch => SumsOf(batch, span)).Distinct())
        {
            counters.AddRange(await database.QueryAsync(
                connection, $"select release, {time}, counter, amount from {table} where release = $1 and {time} = $2", StoredRows.ReadCounter, null, stop, release, at.ToUnixTimeMilliseconds())
                .ConfigureAwait(false));
        }

        var left = StruckClaims.LeaveOut(counters, struck, span).ToDictionary(counter => (counter.Release, counter.Hour, counter.Counter), counter => counter.Amount);
        // In the order of the tallies, or they would deadlock. A difference, because a tally may add to the row meanwhile.
        foreach (var (release, at, counter, amount) in counters.OrderBy(counter => (counter.Release, counter.Hour, counter.Counter)))
        {
            if (amount - left.GetValueOrDefault((release, at, counter)) is not 0 and var taken)
            {
                await database.ExecuteAsync(
                    connection, $"update {table} set amount = amount - $4 where release = $1 and {time} = $2 and counter = $3", stop, release, at.ToUnixTimeMilliseconds(), counter, taken)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task TakeNetworksAsync(List<TalliedBatch> struck)
    {
        var minutes = new List<NetworksAdded>();
        foreach (var (release, at) in struck.SelectMany(batch => SumsOf(batch, Minute)).Distinct().OrderBy(minute => minute.At).ThenBy(minute => minute.Release, StringComparer.Ordinal))
        {
            minutes.AddRange(await database.QueryAsync(
                connection,
                // Locks the row: a tally reads it and writes it back.
                "update release_network set counts = counts where minute = $1 and release = $2 returning counts",
                row => new NetworksAdded(release, at, NetworkCounts.Unpack(row.GetFieldValue<byte[]>(0))), null, stop, at.ToUnixTimeMilliseconds(), release).ConfigureAwait(false));
        }

        foreach (var (release, at, counts) in StruckClaims.LeaveOut(minutes, struck))
        {
            await database.ExecuteAsync(
                connection, "update release_network set counts = $3 where minute = $1 and release = $2", stop, at.ToUnixTimeMilliseconds(), release, counts.Pack()).ConfigureAwait(false);
        }
    }

    /// <summary>The sums that a batch may be in.</summary>
    private static IEnumerable<(string Release, DateTimeOffset At)> SumsOf(TalliedBatch batch, TimeSpan span) =>
        from release in (string[])[batch.Batch.Release, ReleaseName.Other]
        from at in span == Hour ? (DateTimeOffset[])[batch.Batch.ReceivedAt, batch.Batch.OpenedAt] : [batch.Batch.ReceivedAt]
        select (release, CounterAdded.StartOf(at, span));
}
