using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>listener_alias</c>, written.</summary>
internal sealed class SqliteAliases(SqliteConnection connection, SqliteBlocks blocks) : IDisposable
{
    private const string Savepoint = "listener_joined";

    private readonly Statement _insert = new(
        connection,
        "insert into listener_alias (guest, account, block_number, joined_at, checksum) values ($guest, $account, $number, $now, $checksum)",
        "$guest", "$account", "$number", "$now", "$checksum");

    /// <returns>False, and nothing written, when one of the logs has a block of that number or the guest has joined already.</returns>
    public bool Join(SqliteTransaction transaction, ListenerJoined joined, ref WriterHead head)
    {
        var before = head;
        transaction.Save(Savepoint);
        var isNew = blocks.Insert(transaction, joined.ClosingRow, ref head) && blocks.Insert(transaction, joined.JoiningRow, ref head);
        if (isNew)
        {
            // After the blocks: once the alias is written, the guest's log takes no row.
            _insert.Run(transaction, joined.Guest, joined.Account, joined.AccountBlockNumber, joined.JoinedAt.ToUnixTimeMilliseconds(), SealedRows.Of(joined));
        }
        else
        {
            transaction.Rollback(Savepoint);
            head = before;
        }

        transaction.Release(Savepoint);
        return isNew;
    }

    public void Dispose() => _insert.Dispose();
}
