using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Tables <c>tally_checkpoint</c>, <c>noted_views</c>, <c>release_counter</c>, <c>release_minute</c> and <c>release_network</c>, written in one transaction, so that each row is added up once.</summary>
internal static class PostgresTallies
{
    /// <returns>False when the checkpoint is elsewhere: another tally has added these rows up.</returns>
    public static async Task<bool> AdvanceAsync(NpgsqlConnection connection, TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await MoveCheckpointAsync(connection, advanced, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);
            return false;
        }

        await WriteAsync(connection, advanced, cancellationToken);
        await AddNetworksAsync(connection, [.. advanced.Networks ?? []], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> MoveCheckpointAsync(NpgsqlConnection connection, TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // Or a process that freezes in the middle would hold these rows until its connection is declared dead.
                new NpgsqlBatchCommand("set local idle_in_transaction_session_timeout = '2s'"),
                new NpgsqlBatchCommand("insert into tally_checkpoint (writer_number, position) values ($1, 0) on conflict (writer_number) do nothing")
                {
                    Parameters = { Number(advanced.WriterNumber) },
                },
                new NpgsqlBatchCommand("update tally_checkpoint set position = $1 where writer_number = $2 and position = $3")
                {
                    Parameters = { Number(advanced.ToPosition), Number(advanced.WriterNumber), Number(advanced.FromPosition) },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return batch.BatchCommands[^1].Rows == 1;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { Count("release_counter", "hour", [.. advanced.Counters]), Count("release_minute", "minute", [.. advanced.Minutes]) },
        };
#pragma warning disable CA2100 // A constant of this assembly.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(StruckBatches.StrikeLater("$1", "$2", "$3"))
#pragma warning restore CA2100
        {
            Parameters = { Number(advanced.WriterNumber), Number(advanced.FromPosition), Number(advanced.ToPosition) },
        });
        if (NotedViews.Of(advanced) is { } noted)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into noted_views (writer_number, position, noted_at, pages, views) values ($1, $2, $3, $4, $5)")
            {
                Parameters =
                {
                    Number(advanced.WriterNumber), Number(advanced.ToPosition), Number(noted.At.ToUnixTimeMilliseconds()), Number(noted.Pages), new NpgsqlParameter<byte[]> { TypedValue = noted.Views },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task AddNetworksAsync(NpgsqlConnection connection, List<NetworksAdded> added, CancellationToken cancellationToken)
    {
        if (added.Count == 0)
        {
            return;
        }

        NpgsqlParameter[] Keys() => [Column.Of(added, one => one.Minute.ToUnixTimeMilliseconds()), Column.Of(added, one => one.Release)];
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // In one order everywhere, like the counters.
                new NpgsqlBatchCommand(
                    """
                    insert into release_network (minute, release, counts)
                    select minute, release, '' from unnest($1::bigint[], $2::text[]) as n (minute, release) order by minute, release on conflict (minute, release) do nothing
                    """),
                new NpgsqlBatchCommand(
                    """
                    select minute, release, counts from release_network
                    where (minute, release) in (select * from unnest($1::bigint[], $2::text[])) order by minute, release for update
                    """),
            },
        };
        batch.BatchCommands[0].Parameters.AddRange(Keys());
        batch.BatchCommands[1].Parameters.AddRange(Keys());
        var sums = new Dictionary<(long Minute, string Release), NetworkCounts>();
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var counts = reader.GetFieldValue<byte[]>(2);
                sums.Add((reader.GetInt64(0), reader.GetString(1)), counts.Length > 0 ? NetworkCounts.Unpack(counts) : new NetworkCounts());
            }
        }

        foreach (var one in added)
        {
            sums[(one.Minute.ToUnixTimeMilliseconds(), one.Release)].Add(one.Counts);
        }

        await using var update = new NpgsqlCommand(
            "update release_network r set counts = n.counts from unnest($1::bigint[], $2::text[], $3::bytea[]) as n (minute, release, counts) where r.minute = n.minute and r.release = n.release",
            connection);
        NpgsqlParameter[] values = [.. Keys(), Column.Of(added, one => sums[(one.Minute.ToUnixTimeMilliseconds(), one.Release)].Pack())];
        update.Parameters.AddRange(values);
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Count(string table, string time, List<CounterAdded> counters)
    {
        // In one order everywhere, or silos would deadlock.
        counters.Sort((one, other) => (one.Release, one.Hour, one.Counter).CompareTo((other.Release, other.Hour, other.Counter)));
#pragma warning disable CA2100 // Names of this class.
        return new NpgsqlBatchCommand(
            $"""
            insert into {table} (release, {time}, counter, amount) select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
            on conflict (release, {time}, counter) do update set amount = {table}.amount + excluded.amount
            """)
#pragma warning restore CA2100
        {
            Parameters =
            {
                Column.Of(counters, counter => counter.Release),
                Column.Of(counters, counter => counter.Hour.ToUnixTimeMilliseconds()),
                Column.Of(counters, counter => counter.Counter),
                Column.Of(counters, counter => counter.Amount),
            },
        };
    }

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };
}
