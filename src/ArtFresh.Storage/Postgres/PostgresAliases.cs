using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>listener_alias</c>, written. A duplicate key is the fence: the guest has joined already.</summary>
internal static class PostgresAliases
{
    /// <summary>Call it after the blocks: once the alias is written, the guest's log takes no row.</summary>
    public static void Insert(NpgsqlBatch batch, List<ListenerJoined> joined)
    {
        if (joined.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into listener_alias (guest, account, block_number, joined_at, checksum)
            select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            """)
        {
            Parameters =
            {
                Column.Of(joined, entry => entry.Guest),
                Column.Of(joined, entry => entry.Account),
                Column.Of(joined, entry => entry.AccountBlockNumber),
                Column.Of(joined, entry => entry.JoinedAt.ToUnixTimeMilliseconds()),
                Column.Of(joined, SealedRows.Of),
            },
        });
    }
}
