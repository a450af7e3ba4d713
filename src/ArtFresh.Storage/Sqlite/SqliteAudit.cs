using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Operations;
using ArtFresh.Storage.Audit;

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
    public async Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken) => (
        (int)(await database.QueryAsync("select max(version) from schema_version", StoredRows.ReadNumber, cancellationToken)).Single(),
        SchemaScript.AllOf("Sqlite")[^1].Version);

    /// <inheritdoc/>
    public Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken) =>
        database.ReadMomentAsync(moment => LegacyQuery.RunAsync(moment, _ => { }, cancellationToken), cancellationToken);
}
