using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
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
    }
}
