using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sqlite;

/// <summary>The ledger as tallies and operators read it.</summary>
public sealed class SqliteAudit(SqliteDatabase database) : IImpressionLog, IAuditLedger
{
    /// <inheritdoc/>
    public async Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken) => [.. await database.QueryAsync(
        """
        select writer_number from ledger_writer w
        where (select max(position) from impression_batch b where b.writer_number = w.writer_number)
            > coalesce((select position from tally_checkpoint c where c.writer_number = w.writer_number), 0)
        """,
        StoredRows.ReadNumber, cancellationToken)];

    /// <inheritdoc/>
    public async Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select position from tally_checkpoint where writer_number = $writer",
        StoredRows.ReadNumber, cancellationToken, ("$writer", writerNumber))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"""
            select {StoredRows.BatchColumns} from impression_batch b join session s on s.session_id = b.session_id
            where b.writer_number = $writer and b.position > $after order by b.position limit $count
            """,
            StoredRows.ReadBatch, cancellationToken, ("$writer", writerNumber), ("$after", afterPosition), ("$count", count));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select release, hour, counter, amount from release_counter where hour >= $from and ($release is null or release = $release) order by hour",
            StoredRows.ReadCounter, cancellationToken, ("$from", from.ToUnixTimeMilliseconds()), ("$release", release));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select s.release, s.opened_at, g.missing, s.ended_at,
          (select b.received_at from impression_batch b where b.session_id = g.session_id order by b.batch_number desc limit 1)
        from (
          select session_id, sum(missing_change) as missing from impression_batch where missing_change <> 0 and session_id >= $first
          group by session_id having sum(missing_change) > 0) g
        join session s on s.session_id = g.session_id
        where s.opened_at >= $from and ($release is null or s.release = $release)
        """,
        StoredRows.ReadGap, cancellationToken, ("$first", SqliteIds.ToBlob(StoredRows.FirstIdOf(from))), ("$from", from.ToUnixTimeMilliseconds()), ("$release", release));

    /// <inheritdoc/>
    public async Task<long[]> FindUnviewedAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        "select artwork_id from artwork where artwork_id in (select value from json_each($ids)) and viewed_at is null",
        StoredRows.ReadNumber, cancellationToken, ("$ids", JsonSerializer.Serialize(artworkIds)))];

    /// <inheritdoc/>
    public async Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken) => (
        (int)(await database.QueryAsync("select max(version) from schema_version", StoredRows.ReadNumber, cancellationToken)).Single(),
        SchemaScript.AllOf("Sqlite")[^1].Version);

    /// <inheritdoc/>
    public Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken) =>
        database.ReadMomentAsync(moment => new LegacyQuery(_ => { }).RunAsync(moment, cancellationToken), cancellationToken);
}
