using System.Data;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Operations;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>The ledger as tallies and operators read it.</summary>
public sealed class PostgresAudit(PostgresDatabase database) : IImpressionLog, IAuditLedger
{
    private const int AuditSecondsMax = 600;

    /// <inheritdoc/>
    public async Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken) => [.. await ReadAsync(
        """
        select writer_number from ledger_writer w
        where exists (
          select 1 from impression_batch b
          where b.writer_number = w.writer_number
            and b.position > coalesce((select position from tally_checkpoint c where c.writer_number = w.writer_number), 0))
        """,
        reader => reader.GetInt64(0), cancellationToken)];

    /// <inheritdoc/>
    public async Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken) => (await ReadAsync(
        "select position from tally_checkpoint where writer_number = $1", reader => reader.GetInt64(0), cancellationToken, writerNumber)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken) => await ReadAsync(
        """
        select b.position, s.release, b.received_at, b.impressions, b.duplicates, b.missing_change, b.report
        from impression_batch b join session s on s.session_id = b.session_id
        where b.writer_number = $1 and b.position > $2 order by b.position limit $3
        """,
        reader => new LoggedBatch(
            reader.GetInt64(0),
            reader.GetString(1),
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
            reader.GetFieldValue<byte[]>(3),
            reader.GetInt32(4),
            reader.GetInt64(5),
            reader.IsDBNull(6) ? null : JsonSerializer.Deserialize<DeliveryReport>(reader.GetString(6))),
        cancellationToken, writerNumber, afterPosition, count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) => await ReadAsync(
        "select release, hour, counter, amount from release_counter where hour >= $1 and ($2::text is null or release = $2) order by hour",
        reader => new CounterAdded(
            reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2), reader.GetInt64(3)),
        cancellationToken, from.ToUnixTimeMilliseconds(), (object?)release ?? DBNull.Value);

    /// <inheritdoc/>
    public Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            // One transaction, so that all figures are of the same moment.
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var count = new LegacyCount();
            await EachAsync(
                connection, "select artwork_id, viewed_at is not null from artwork", row => count.AddArtwork(row.GetInt64(0), row.GetBoolean(1)), cancellationToken);
            await EachAsync(connection, "select impressions from impression_batch", row => count.AddImpressions(row.GetFieldValue<byte[]>(0)), cancellationToken);
            await EachAsync(
                connection,
                "select listener_id, kind, artwork_ids, returned_ids from listener_block order by listener_id, block_number",
                row => count.AddBlock(
                    row.GetString(0), (BlockKind)row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3)),
                cancellationToken);
            return count.Audit;
        },
        cancellationToken);

    private static async Task EachAsync(
        NpgsqlConnection connection, string sql, Action<NpgsqlDataReader> read, CancellationToken cancellationToken, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = AuditSecondsMax };
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            read(reader);
        }
    }

    private Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken, params object[] values) => database.ReadAsync(
        async connection =>
        {
            var rows = new List<T>();
            await EachAsync(connection, sql, reader => rows.Add(row(reader)), cancellationToken, values);
            return rows;
        },
        cancellationToken);
}
