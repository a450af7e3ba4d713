using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>listener_block</c>, written. A duplicate key is the fence: the listener has a block of that number.</summary>
internal static class PostgresBlocks
{
    public static void Insert(NpgsqlBatch batch, List<BlockLogged> blocks)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, returned_ids, logged_at)
            select * from unnest($1::text[], $2::bigint[], $3::integer[], $4::uuid[], $5::bytea[], $6::bytea[], $7::bigint[])
            """)
        {
            Parameters =
            {
                Column.Of(blocks, block => block.ListenerId),
                Column.Of(blocks, block => block.BlockNumber),
                Column.Of(blocks, block => (int)block.Kind),
                Column.Of(blocks, block => block.SessionId),
                Column.Of(blocks, block => PackedIds.Pack(block.ArtworkIds.AsSpan())),
                Column.Of(blocks, block => block.ReturnedIds.IsEmpty ? null : PackedIds.Pack(block.ReturnedIds.AsSpan())),
                Column.Of(blocks, block => block.LoggedAt.ToUnixTimeMilliseconds()),
            },
        });
        var repeated = blocks.FindAll(block => block.RepeatsServed > 0);
        if (repeated.Count > 0)
        {
            batch.BatchCommands.Add(CountRepeats("release_counter", "hour", TimeSpan.FromHours(1), repeated));
            batch.BatchCommands.Add(CountRepeats("release_minute", "minute", TimeSpan.FromMinutes(1), repeated));
        }
    }

    /// <summary>In the row's own transaction, so that a repeat is counted once even if the answer is lost.</summary>
    private static NpgsqlBatchCommand CountRepeats(string table, string time, TimeSpan span, List<BlockLogged> repeated)
    {
#pragma warning disable CA2100 // Names of this class.
        return new NpgsqlBatchCommand(
            $"""
            insert into {table} (release, {time}, counter, amount)
            select s.release, r.at, $4, sum(r.repeats) from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as r (session_id, at, repeats) join session s using (session_id)
            group by s.release, r.at order by s.release, r.at
            on conflict (release, {time}, counter) do update set amount = {table}.amount + excluded.amount
            """)
#pragma warning restore CA2100
        {
            Parameters =
            {
                Column.Of(repeated, block => block.SessionId),
                Column.Of(repeated, block => CounterAdded.StartOf(block.LoggedAt, span).ToUnixTimeMilliseconds()),
                Column.Of(repeated, block => (long)block.RepeatsServed),
                new NpgsqlParameter<string> { TypedValue = nameof(KpiCounts.RepeatsServed) },
            },
        };
    }
}
