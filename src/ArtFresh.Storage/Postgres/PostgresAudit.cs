using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Postgres;

/// <summary>The ledger as tallies and operators read it.</summary>
public sealed class PostgresAudit(PostgresDatabase database) : IImpressionLog, IAuditLedger
{
    private const int AuditSecondsMax = 600;

    /// <inheritdoc/>
    public async Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken) => [.. await database.QueryAsync(
        """
        select writer_number from ledger_writer w
        where exists (
          select 1 from impression_batch b
          where b.writer_number = w.writer_number
            and b.position > coalesce((select position from tally_checkpoint c where c.writer_number = w.writer_number), 0))
        """,
        StoredRows.ReadNumber, AuditSecondsMax, cancellationToken)];

    /// <inheritdoc/>
    public async Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select position from tally_checkpoint where writer_number = $1", StoredRows.ReadNumber, AuditSecondsMax, cancellationToken, writerNumber)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"""
            select {StoredRows.BatchColumns} from impression_batch b join session s on s.session_id = b.session_id
            where b.writer_number = $1 and b.position > $2 order by b.position limit $3
            """,
            StoredRows.ReadBatch, AuditSecondsMax, cancellationToken, writerNumber, afterPosition, count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select release, hour, counter, amount from release_counter where hour >= $1 and ($2::text is null or release = $2) order by hour",
            StoredRows.ReadCounter, AuditSecondsMax, cancellationToken, from.ToUnixTimeMilliseconds(), (object?)release ?? DBNull.Value);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select s.release, s.opened_at, g.missing, s.ended_at,
          (select b.received_at from impression_batch b where b.session_id = g.session_id order by b.batch_number desc limit 1)
        from (
          select session_id, sum(missing_change)::bigint as missing from impression_batch where missing_change <> 0 and session_id >= $1
          group by session_id having sum(missing_change) > 0) g
        join session s on s.session_id = g.session_id
        where s.opened_at >= $2 and ($3::text is null or s.release = $3)
        """,
        StoredRows.ReadGap, AuditSecondsMax, cancellationToken, StoredRows.FirstIdOf(from), from.ToUnixTimeMilliseconds(), (object?)release ?? DBNull.Value);

    /// <inheritdoc/>
    public async Task<long[]> FindUnviewedAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        "select artwork_id from artwork where artwork_id = any($1) and viewed_at is null",
        StoredRows.ReadNumber, AuditSecondsMax, cancellationToken, artworkIds.ToArray())];

    /// <inheritdoc/>
    public async Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken) => (
        (int)(await database.QueryAsync("select max(version)::bigint from schema_version", StoredRows.ReadNumber, cancellationToken)).Single(),
        SchemaScript.AllOf("Postgres")[^1].Version);

    /// <inheritdoc/>
    public Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken) =>
        database.ReadMomentAsync(moment => new LegacyQuery(_ => { }).RunAsync(moment, cancellationToken), cancellationToken);
}
