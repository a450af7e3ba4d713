using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Operations;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>The ledger as tallies and operators read it.</summary>
public sealed class SqliteAudit(SqliteDatabase database) : IImpressionLog, IAuditLedger
{
    /// <inheritdoc/>
    public Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                select writer_number from ledger_writer w
                where (select max(position) from impression_batch b where b.writer_number = w.writer_number)
                    > coalesce((select position from tally_checkpoint c where c.writer_number = w.writer_number), 0)
                """;
            using var reader = command.ExecuteReader();
            var writers = new List<long>();
            while (reader.Read())
            {
                writers.Add(reader.GetInt64(0));
            }

            return writers.ToArray();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "select position from tally_checkpoint where writer_number = $writer";
            command.Parameters.AddWithValue("$writer", writerNumber);
            return (long?)command.ExecuteScalar() ?? 0;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(
        long writerNumber, long afterPosition, int count, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<LoggedBatch>>(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                select b.position, s.release, b.received_at, b.impressions, b.duplicates, b.missing_change, b.report
                from impression_batch b join session s on s.session_id = b.session_id
                where b.writer_number = $writer and b.position > $after order by b.position limit $count
                """;
            command.Parameters.AddWithValue("$writer", writerNumber);
            command.Parameters.AddWithValue("$after", afterPosition);
            command.Parameters.AddWithValue("$count", count);
            using var reader = command.ExecuteReader();
            var batches = new List<LoggedBatch>();
            while (reader.Read())
            {
                batches.Add(new LoggedBatch(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                    reader.GetFieldValue<byte[]>(3),
                    reader.GetInt32(4),
                    reader.GetInt64(5),
                    reader.IsDBNull(6) ? null : JsonSerializer.Deserialize<DeliveryReport>(reader.GetString(6))));
            }

            return batches;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<CounterAdded>>(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    """
                    select release, hour, counter, amount from release_counter
                    where hour >= $from and ($release is null or release = $release) order by hour
                    """;
                command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
                command.Parameters.AddWithValue("$release", (object?)release ?? DBNull.Value);
                using var reader = command.ExecuteReader();
                var counters = new List<CounterAdded>();
                while (reader.Read())
                {
                    counters.Add(new CounterAdded(
                        reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2), reader.GetInt64(3)));
                }

                return counters;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            // One transaction, so that all figures are of the same moment.
            using var transaction = connection.BeginTransaction(deferred: true);
            var count = new LegacyCount();
            Read(connection, "select artwork_id, viewed_at is not null from artwork", row => count.AddArtwork(row.GetInt64(0), row.GetInt64(1) != 0));
            Read(connection, "select impressions from impression_batch", row => count.AddImpressions(row.GetFieldValue<byte[]>(0)));
            Read(
                connection,
                "select listener_id, kind, artwork_ids, returned_ids from listener_block order by listener_id, block_number",
                row => count.AddBlock(
                    row.GetString(0), (BlockKind)row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3)));
            return count.Audit;
        },
        cancellationToken);

    private static void Read(SqliteConnection connection, string sql, Action<SqliteDataReader> read)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            read(reader);
        }
    }
}
