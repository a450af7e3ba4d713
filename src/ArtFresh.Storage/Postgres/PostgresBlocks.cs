using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>listener_block</c>, written. A duplicate key is the fence: the listener has a block of that number.</summary>
internal static class PostgresBlocks
{
    public static void Insert(NpgsqlBatch batch, List<BlockLogged> blocks, ref WriterHead head)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        var rows = new List<(BlockLogged Block, byte[] ArtworkIds, byte[]? ReturnedIds, WriterHead Head)>(blocks.Count);
        foreach (var block in blocks)
        {
            var (artworkIds, returnedIds) = (PackedIds.Pack(block.ArtworkIds.AsSpan()), block.ReturnedIds.IsEmpty ? null : PackedIds.Pack(block.ReturnedIds.AsSpan()));
            head = head.After(block, artworkIds, returnedIds);
            rows.Add((block, artworkIds, returnedIds, head));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, returned_ids, logged_at, writer_number, position, chain)
            select * from unnest($1::text[], $2::bigint[], $3::integer[], $4::uuid[], $5::bytea[], $6::bytea[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
            """)
        {
            Parameters =
            {
                Column.Of(blocks, block => block.ListenerId),
                Column.Of(blocks, block => block.BlockNumber),
                Column.Of(blocks, block => (int)block.Kind),
                Column.Of(blocks, block => block.SessionId),
                Column.Of(rows, row => row.ArtworkIds),
                Column.Of(rows, row => row.ReturnedIds),
                Column.Of(blocks, block => block.LoggedAt.ToUnixTimeMilliseconds()),
                Column.Of(rows, row => row.Head.WriterNumber),
                Column.Of(rows, row => row.Head.BlockPosition),
                Column.Of(rows, row => row.Head.BlockChain),
            },
        });
    }

    /// <summary>Asks silos to end the blocks that the listeners' sessions serve from: the rows were written from outside.</summary>
    public static void EndServed(NpgsqlBatch batch, List<BlockLogged> blocks)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into block_ending (listener_id, block_number)
            select o.listener_id, max(o.block_number) from unnest($1::text[], $2::bigint[], $3::bigint[]) as o (listener_id, block_number, since)
            where exists (
              select from listener_block b join session s on s.session_id = b.session_id
              where b.listener_id = o.listener_id and b.kind = 0 and b.logged_at >= o.since and s.ended_at is null)
            group by o.listener_id order by o.listener_id
            on conflict (listener_id) do update set block_number = greatest(block_ending.block_number, excluded.block_number)
            """)
        {
            Parameters =
            {
                Column.Of(blocks, block => block.ListenerId),
                Column.Of(blocks, block => block.BlockNumber),
                Column.Of(blocks, block => BlockEnding.ServedSince(block.LoggedAt).ToUnixTimeMilliseconds()),
            },
        });
    }

    /// <summary>
    /// Counts artworks served twice: those of the committed blocks, in their own transaction, so that a lost answer counts nothing again, and those that the check of blocks found.
    /// </summary>
    public static void Count(NpgsqlBatch batch, List<BlockLogged> blocks, List<ServedTwiceFound> found)
    {
        found.AddRange(blocks.Where(block => block.ServedTwice > 0).Select(block => new ServedTwiceFound(block.SessionId, block.LoggedAt, block.ServedTwice)));
        if (found.Count > 0)
        {
            batch.BatchCommands.Add(Count("release_counter", "hour", TimeSpan.FromHours(1), found));
            batch.BatchCommands.Add(Count("release_minute", "minute", TimeSpan.FromMinutes(1), found));
        }
    }

    private static NpgsqlBatchCommand Count(string table, string time, TimeSpan span, List<ServedTwiceFound> found)
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
                Column.Of(found, one => one.SessionId),
                Column.Of(found, one => CounterAdded.StartOf(one.At, span).ToUnixTimeMilliseconds()),
                Column.Of(found, one => (long)one.Artworks),
                new NpgsqlParameter<string> { TypedValue = ReleaseCounters.ServedTwice },
            },
        };
    }
}
