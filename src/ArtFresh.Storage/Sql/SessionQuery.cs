using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Finds sessions by a filter.</summary>
internal static class SessionQuery
{
    private const int RangesMax = 100;

    /// <summary>The newest sessions that match the filter, newest first.</summary>
    /// <exception cref="InvalidDataException">A batch is damaged.</exception>
    public static async Task<IReadOnlyList<SessionSummary>> RunAsync(LedgerMoment moment, SessionFilter filter, CancellationToken cancellationToken)
    {
        List<string> conditions = [];
        List<object> values = [];
        void Where(string condition, object? value)
        {
            if (value is not null)
            {
                values.Add(value);
                conditions.Add($"{condition} = ${values.Count}");
            }
        }

        Where("session_id", filter.Session is { } session ? session : null);
        Where("listener_id", filter.Listener);
        Where("release", filter.Release);
        if (filter.IsOpen)
        {
            conditions.Add("ended_at is null");
        }

        values.Add((long)filter.Count);
        var found = new List<SessionSummary>();
        await moment.EachAsync(
            $"""
            select session_id, listener_id, release, opened_at, ended_at from session
            {(conditions.Count == 0 ? "" : "where ")}{string.Join(" and ", conditions)} order by session_id desc limit ${values.Count}
            """,
            row => found.Add(new SessionSummary(
                moment.Dialect.ReadId(row, 0), row.GetString(1), row.GetString(2), StoredRows.Time(row.GetInt64(3)), row.IsDBNull(4) ? null : StoredRows.Time(row.GetInt64(4)), null, 0, 0, 0, 0, 0, 0, [])),
            cancellationToken,
            [.. values]);
        for (var i = 0; i < found.Count; i++)
        {
            found[i] = await AddBatchesAsync(moment, found[i], cancellationToken);
        }

        return found;
    }

    private static async Task<SessionSummary> AddBatchesAsync(LedgerMoment moment, SessionSummary session, CancellationToken cancellationToken)
    {
        var numbers = new NumberIntervals(int.MaxValue);
        await moment.EachAsync(
            "select received_at, impressions, duplicates, cast(coalesce(revisits, 0) as bigint) from impression_batch where session_id = $1 order by batch_number",
            row =>
            {
                var impressions = PackedImpressions.Unpack(row.GetFieldValue<byte[]>(1));
                foreach (var impression in impressions)
                {
                    numbers.Add(impression.Number);
                }

                session = session with
                {
                    LastBatchAt = StoredRows.Time(row.GetInt64(0)),
                    Batches = session.Batches + 1,
                    Impressions = session.Impressions + impressions.Count(impression => impression.Outcome == ImpressionOutcome.Recorded),
                    Repeats = session.Repeats + impressions.Count(impression => impression.Outcome == ImpressionOutcome.Repeat) - row.GetInt64(3),
                    Duplicates = session.Duplicates + row.GetInt64(2),
                };
            },
            cancellationToken,
            session.Session);
        return session with
        {
            HighWater = numbers.HighWater,
            Missing = numbers.Missing,
            MissingNumbers = [.. numbers.Gaps().Take(RangesMax).Select(gap => new NumberRange(gap.First, gap.Last))],
        };
    }
}
