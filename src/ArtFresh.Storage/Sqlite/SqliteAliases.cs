using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>listener_alias</c>, written.</summary>
internal sealed class SqliteAliases(SqliteConnection connection, SqliteBlocks blocks) : IDisposable
{
    private const string Savepoint = "listener_joined";

    private readonly Statement _insert = new(
        connection,
        "insert into listener_alias (guest, account, block_number, joined_at) values ($guest, $account, $number, $now)",
        "$guest", "$account", "$number", "$now");

    /// <returns>False, and nothing written, when one of the logs has a block of that number or the guest has joined already.</returns>
    public bool Join(SqliteTransaction transaction, ListenerJoined joined)
    {
        transaction.Save(Savepoint);
        var isNew = blocks.Insert(transaction, joined.ClosingRow) && blocks.Insert(transaction, joined.JoiningRow);
        if (isNew)
        {
            // After the blocks: once the alias is written, the guest's log takes no row.
            _insert.Run(transaction, joined.Guest, joined.Account, joined.AccountBlockNumber, joined.JoinedAt.ToUnixTimeMilliseconds());
        }
        else
        {
            transaction.Rollback(Savepoint);
        }

        transaction.Release(Savepoint);
        return isNew;
    }

    public void Dispose() => _insert.Dispose();
}
