using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
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
            var (artworks, viewed) = ReadViewed(connection);
            var (withoutViewedAt, repeats) = CountImpressions(connection, viewed);
            return new LegacyAudit(withoutViewedAt, CountRepeatedServes(connection), repeats, artworks, viewed.Count);
        },
        cancellationToken);

    private static (long Artworks, ArtworkSet Viewed) ReadViewed(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select artwork_id, viewed_at is not null from artwork";
        using var reader = command.ExecuteReader();
        var viewed = new ArtworkSet();
        var artworks = 0L;
        while (reader.Read())
        {
            artworks++;
            if (reader.GetInt64(1) != 0)
            {
                viewed.Add(reader.GetInt64(0));
            }
        }

        return (artworks, viewed);
    }

    private static (long WithoutViewedAt, long Repeats) CountImpressions(SqliteConnection connection, ArtworkSet viewed)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select impressions from impression_batch";
        using var reader = command.ExecuteReader();
        var withoutViewedAt = 0L;
        var repeats = 0L;
        while (reader.Read())
        {
            var impressions = PackedImpressions.Read(reader.GetFieldValue<byte[]>(0));
            while (impressions.MoveNext())
            {
                var impression = impressions.Current;
                repeats += impression.Outcome == ImpressionOutcome.Repeat ? 1 : 0;
                withoutViewedAt += impression.Outcome == ImpressionOutcome.Recorded && !viewed.Contains(impression.ArtworkId) ? 1 : 0;
            }
        }

        return (withoutViewedAt, repeats);
    }

    /// <summary>Reads each listener's log again from the start, as the listener's grain would have.</summary>
    private static long CountRepeatedServes(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select listener_id, kind, artwork_ids, returned_ids from listener_block order by listener_id, block_number";
        using var reader = command.ExecuteReader();
        var repeated = 0L;
        var listener = "";
        var served = new ArtworkSet();
        while (reader.Read())
        {
            if (reader.GetString(0) != listener)
            {
                listener = reader.GetString(0);
                served = new ArtworkSet();
            }

            foreach (var artworkId in reader.IsDBNull(3) ? [] : PackedIds.Unpack(reader.GetFieldValue<byte[]>(3)))
            {
                served.Remove(artworkId);
            }

            foreach (var artworkId in PackedIds.Unpack(reader.GetFieldValue<byte[]>(2)))
            {
                repeated += !served.Add(artworkId) && reader.GetInt32(1) == (int)BlockKind.SetAside ? 1 : 0;
            }
        }

        return repeated;
    }
}
