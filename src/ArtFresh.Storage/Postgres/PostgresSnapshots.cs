using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>listener_snapshot</c>, written.</summary>
internal static class PostgresSnapshots
{
    /// <summary>Writes nothing where another snapshot has come into the slot, or the log ends before.</summary>
    public static void Write(NpgsqlBatch batch, List<SnapshotTaken> taken)
    {
        foreach (var one in taken)
        {
            var snapshot = one.Snapshot;
            batch.BatchCommands.Add(new NpgsqlBatchCommand(SqlSnapshots.WriteSql)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = snapshot.ListenerId },
                    new NpgsqlParameter<int> { TypedValue = snapshot.Slot },
                    new NpgsqlParameter<long> { TypedValue = snapshot.BlockNumber },
                    new NpgsqlParameter<long> { TypedValue = snapshot.LastRow },
                    new NpgsqlParameter<byte[]> { TypedValue = snapshot.State },
                    new NpgsqlParameter<long> { TypedValue = snapshot.SavedAt.ToUnixTimeMilliseconds() },
                    new NpgsqlParameter<long> { TypedValue = snapshot.Checksum },
                    new NpgsqlParameter<long> { TypedValue = one.Replaced },
                },
            });
        }
    }
}
