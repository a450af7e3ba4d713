using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>listener_snapshot</c>.</summary>
internal static class SqlSnapshots
{
    public const string Columns = "listener_id, slot, block_number, last_row, state, saved_at, checksum";

    /// <summary>
    /// Fenced by the number of the block that the slot's snapshot covers, which only grows unless the log has no such block, and by the log. Parameters: the columns in their order, and the number that the writer expects there.
    /// </summary>
    public const string WriteSql =
        $"""
        insert into listener_snapshot ({Columns})
        select $1, $2, $3, $4, $5, $6, $7
        where exists (select 1 from listener_block where listener_id = $1 and block_number = $3)
          and ($8 = 0 or exists (select 1 from listener_snapshot where listener_id = $1 and slot = $2))
        on conflict (listener_id, slot) do update
        set block_number = excluded.block_number, last_row = excluded.last_row, state = excluded.state, saved_at = excluded.saved_at, checksum = excluded.checksum
        where listener_snapshot.block_number = $8 and (listener_snapshot.block_number <= excluded.block_number or not exists (
          select 1 from listener_block b where b.listener_id = $1 and b.block_number = $8))
        """;

    /// <summary>A row of <see cref="Columns"/>.</summary>
    public static StoredSnapshot Read(DbDataReader row, int column = 0) => new(
        new ListenerSnapshot(
            row.GetString(column), row.GetInt32(column + 1), row.GetInt64(column + 2), row.GetInt64(column + 3), row.GetFieldValue<byte[]>(column + 4), StoredRows.Time(row.GetInt64(column + 5))),
        row.GetInt64(column + 6));
}
