using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>erasure</c>, read in the transaction that writes: an activation that outlives its listener commits nothing that names the listener.</summary>
internal sealed class SqliteErasedListeners(SqliteConnection connection) : IDisposable
{
    private readonly Statement _readKey = new(connection, SqlErasures.KeySql);

    private readonly Statement _find = new(connection, "select 1 from erasure where proof = $proof", "$proof");

    /// <summary>Whether one of the listeners whom an entry names is erased, or is to be.</summary>
    public bool AreIn(SqliteTransaction transaction, LedgerEntry entry)
    {
        foreach (var listener in entry.Listeners)
        {
            // Read anew in each transaction that needs it: a command may put another key in its place.
            var key = (byte[])_readKey.Read(transaction)!;
            if (_find.Read(transaction, ErasureHash.Of(key, listener)) is not null)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _readKey.Dispose();
        _find.Dispose();
    }
}
