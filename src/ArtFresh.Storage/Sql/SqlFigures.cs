using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads the ledger for tallies and operators.</summary>
public sealed class SqlFigures(SqlDatabase database) : IImpressionLog, ILedgerFigures
{
    /// <summary>Time limit, because some of these queries read the whole history.</summary>
    private const int QuerySecondsMax = 600;

    /// <summary>Each start of a silo is another writer.</summary>
    private const int NewestWritersMax = 8;

    /// <summary>What <see cref="ReadBatch"/> reads, of a batch <c>b</c> and its session <c>s</c>.</summary>
    internal const string BatchColumns =
        "b.position, s.release, s.opened_at, b.received_at, b.impressions, b.duplicates, b.report, b.account, cast(b.network as bigint), cast(b.revisits as bigint)";

    private const string CounterSql =
        $"""
        select release, hour, counter, amount from release_counter where hour >= $1 and (cast($2 as text) is null or release = $2)
        union all
        select release, hour, '{ReleaseCounters.SessionServed}', cast(sum(set_aside - given_back - unserved) as bigint) from session_art
        where hour >= $1 and (cast($2 as text) is null or release = $2) group by release, hour
        order by 2
        """;

    /// <inheritdoc/>
    public async Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken) => [.. await database.QueryAsync(
        """
        select writer_number from ledger_writer w
        where exists (
          select 1 from impression_batch b
          where b.writer_number = w.writer_number
            and b.position > coalesce((select position from tally_checkpoint c where c.writer_number = w.writer_number), 0))
        """,
        StoredRows.ReadNumber, QuerySecondsMax, cancellationToken)];

    /// <inheritdoc/>
    public async Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select position from tally_checkpoint where writer_number = $1",
        StoredRows.ReadNumber, QuerySecondsMax, cancellationToken, writerNumber)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"""
        select {BatchColumns}
        from impression_batch b join session s on s.session_id = b.session_id
        where b.writer_number = $1 and b.position > $2 order by b.position limit $3
        """,
        ReadBatch, QuerySecondsMax, cancellationToken, writerNumber, afterPosition, count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) =>
        await StruckBatches.AnyAsync(database, cancellationToken)
        ? await database.ReadMomentAsync(moment => ReadUnstruckAsync((LedgerMoment)moment, from, release, cancellationToken), cancellationToken)
        : await database.QueryAsync(
            CounterSql,
            StoredRows.ReadCounter, QuerySecondsMax, cancellationToken, from.ToUnixTimeMilliseconds(), release);

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> ReadLastLossAsync(CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select max(found_at) from ledger_epoch where epoch > {LedgerEpoch.First} and lost_nothing = 0",
        row => StoredRows.TimeOrNull(row, 0), QuerySecondsMax, cancellationToken)).Single();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) => await database.QueryAsync(
        $"""
        select s.release, s.opened_at, g.missing, s.ended_at, coalesce(l.received_at, s.ended_at, s.opened_at), cast(l.network as bigint)
        from (
          select session_id, cast(sum(missing) as bigint) as missing from (
            select session_id, missing_change as missing from impression_batch where missing_change <> 0 and session_id >= $1
            union all select session_id, end_missing from session where end_missing <> 0 and session_id >= $1) m
          group by session_id having sum(missing) > 0) g
        join session s on s.session_id = g.session_id
        left join impression_batch l on l.session_id = g.session_id
          and l.batch_number = (select max(b.batch_number) from impression_batch b where b.session_id = g.session_id)
        where s.opened_at >= $2 and (cast($3 as text) is null or s.release = $3) and {StruckBatches.IsNotStruck}
        """,
        row => new SessionGap(row.GetString(0), StoredRows.Time(row.GetInt64(1)), row.GetInt64(2), StoredRows.TimeOrNull(row, 3), StoredRows.Time(row.GetInt64(4)), (int)(StoredRows.NumberOrNull(row, 5) ?? 0)),
        QuerySecondsMax, cancellationToken, FirstIdOf(from), from.ToUnixTimeMilliseconds(), release);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBatch>> ReadNewestBatchesAsync(DateTimeOffset from, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"""
        select {BatchColumns}
        from (select writer_number, position from tally_checkpoint order by writer_number desc limit {NewestWritersMax}) c
        join impression_batch b on b.writer_number = c.writer_number and b.position <= c.position and b.position > c.position - $2
        join session s on s.session_id = b.session_id
        where b.received_at >= $1 and {StruckBatches.IsNotStruck}
        order by b.writer_number desc, b.position desc limit $2
        """,
        ReadBatch, QuerySecondsMax, cancellationToken, from.ToUnixTimeMilliseconds(), (long)count);

    /// <inheritdoc/>
    public async Task<long[]> FindUnviewedAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        $"select artwork_id from artwork where {database.Dialect.OneOf("artwork_id", 1)} and viewed_at is null",
        StoredRows.ReadNumber, QuerySecondsMax, cancellationToken, artworkIds.ToArray())];

    /// <inheritdoc/>
    public async Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken) => (
        (int)(await database.QueryAsync("select cast(max(version) as bigint) from schema_version", StoredRows.ReadNumber, cancellationToken)).Single(),
        database.Scripts[^1].Version);

    /// <inheritdoc/>
    public Task<LegacyCounts> CountLegacyAsync(CancellationToken cancellationToken) =>
        database.ReadMomentAsync(moment => new LegacyQuery(_ => { }).RunAsync(moment, cancellationToken), cancellationToken);

    /// <summary>All releases are read: what a release's clients claimed before it was known is in another.</summary>
    private static async Task<IReadOnlyList<CounterAdded>> ReadUnstruckAsync(LedgerMoment moment, DateTimeOffset from, string? release, CancellationToken cancellationToken)
    {
        var counters = new List<CounterAdded>();
        await moment.EachAsync(
            CounterSql, row => counters.Add(StoredRows.ReadCounter(row)), cancellationToken, from.ToUnixTimeMilliseconds(), null).ConfigureAwait(false);
        var struck = await StruckBatches.ReadAsync(moment, from, cancellationToken).ConfigureAwait(false);
        return [.. StruckClaims.LeaveOut(counters, struck, TimeSpan.FromHours(1)).Where(counter => release is null || counter.Release == release)];
    }

    internal static LoggedBatch ReadBatch(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        StoredRows.Time(row.GetInt64(2)),
        StoredRows.Time(row.GetInt64(3)),
        row.GetFieldValue<byte[]>(4),
        row.GetInt32(5),
        StoredReport.Read(StoredRows.TextOrNull(row, 6)),
        StoredRows.NumberOrNull(row, 7),
        Network: (int)(StoredRows.NumberOrNull(row, 8) ?? 0),
        Revisits: (int)(StoredRows.NumberOrNull(row, 9) ?? 0));

    /// <summary>The smallest possible id of a session opened at a time or later: ids begin with the time (RFC 9562, version 7).</summary>
    private static Guid FirstIdOf(DateTimeOffset time)
    {
        var bytes = Guid.CreateVersion7(time).ToByteArray(bigEndian: true);
        bytes.AsSpan(6).Clear();
        return new Guid(bytes, bigEndian: true);
    }
}
