using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>listener_snapshot</c>, written.</summary>
internal sealed class SqliteSnapshots(SqliteConnection connection) : IDisposable
{
    private readonly Statement _write = new(connection, SqlSnapshots.WriteSql, "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8");

    /// <returns>False where another snapshot has come into the slot, or the log ends before.</returns>
    public bool Write(SqliteTransaction transaction, SnapshotTaken taken)
    {
        var snapshot = taken.Snapshot;
        return _write.Run(
            transaction, snapshot.ListenerId, snapshot.Slot, snapshot.BlockNumber, snapshot.LastRow, snapshot.State, snapshot.SavedAt.ToUnixTimeMilliseconds(), snapshot.Checksum,
            taken.Replaced) > 0;
    }

    public void Dispose() => _write.Dispose();
}
