using ArtFresh.Grains.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Tables <c>tally_checkpoint</c>, <c>artwork_views</c> and <c>release_counter</c>, written together: what is added up is added up once.</summary>
internal static class PostgresTallies
{
    /// <returns>False when the checkpoint is elsewhere: somebody else has added these rows up.</returns>
    public static async Task<bool> AdvanceAsync(NpgsqlConnection connection, TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await MoveCheckpointAsync(connection, advanced, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);
            return false;
        }

        var pages = advanced.Views.GroupBy(view => ViewsPage.NumberOf(view.ArtworkId)).OrderBy(page => page.Key).ToArray();
        var bytes = await LockPagesAsync(connection, [.. pages.Select(page => page.Key)], cancellationToken);
        foreach (var page in pages)
        {
            var views = ViewsPage.FromBytes(bytes[page.Key]);
            foreach (var view in page)
            {
                views.Add(view.ArtworkId, view.Count, view.LastViewedAt);
            }

            bytes[page.Key] = views.ToBytes();
        }

        await WriteAsync(connection, bytes, [.. advanced.Counters], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> MoveCheckpointAsync(NpgsqlConnection connection, TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // A process frozen in the middle would keep others from these rows until it is taken for dead.
                new NpgsqlBatchCommand("set local idle_in_transaction_session_timeout = '2s'"),
                new NpgsqlBatchCommand("insert into tally_checkpoint (writer_number, position) values ($1, 0) on conflict do nothing")
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

    private static async Task<Dictionary<long, byte[]?>> LockPagesAsync(NpgsqlConnection connection, long[] pages, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("insert into artwork_views (page, views) select page, '' from unnest($1::bigint[]) as p (page) on conflict do nothing")
                {
                    Parameters = { new NpgsqlParameter<long[]> { TypedValue = pages } },
                },
                new NpgsqlBatchCommand("select page, views from artwork_views where page = any($1) order by page for update")
                {
                    Parameters = { new NpgsqlParameter<long[]> { TypedValue = pages } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var bytes = new Dictionary<long, byte[]?>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var views = reader.GetFieldValue<byte[]>(1);
            bytes.Add(reader.GetInt64(0), views.Length == 0 ? null : views);
        }

        return bytes;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, Dictionary<long, byte[]?> pages, List<CounterAdded> counters, CancellationToken cancellationToken)
    {
        counters.Sort((one, other) => (one.Release, one.Hour, one.Counter).CompareTo((other.Release, other.Hour, other.Counter)));
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    "update artwork_views a set views = v.views from unnest($1::bigint[], $2::bytea[]) as v (page, views) where a.page = v.page")
                {
                    Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. pages.Keys] }, new NpgsqlParameter<byte[]?[]> { TypedValue = [.. pages.Values] } },
                },
                new NpgsqlBatchCommand(
                    """
                    insert into release_counter (release, hour, counter, amount) select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
                    on conflict (release, hour, counter) do update set amount = release_counter.amount + excluded.amount
                    """)
                {
                    Parameters =
                    {
                        Column.Of(counters, counter => counter.Release),
                        Column.Of(counters, counter => counter.Hour.ToUnixTimeMilliseconds()),
                        Column.Of(counters, counter => counter.Counter),
                        Column.Of(counters, counter => counter.Amount),
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };
}
