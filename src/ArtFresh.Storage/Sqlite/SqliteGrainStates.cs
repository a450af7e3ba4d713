using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>grain_state</c>, written. A state is fenced by its version; a cleared one keeps its row and version.</summary>
internal sealed class SqliteGrainStates(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        // A listener's snapshot without a log is of an activation that has outlived the listener.
        """
        insert into grain_state (state_name, grain_key, version, payload, saved_at, checksum)
        select $name, $key, 1, $payload, $now, $checksum
        where $name <> 'listener' or exists (select 1 from listener_block where listener_id = substr($key, length('listener/') + 1))
        on conflict (state_name, grain_key) do nothing
        """,
        "$name", "$key", "$payload", "$now", "$checksum");

    private readonly Statement _update = new(
        connection,
        """
        update grain_state set version = version + 1, payload = $payload, saved_at = $now, checksum = $checksum
        where state_name = $name and grain_key = $key and version = $version
        """,
        "$payload", "$now", "$checksum", "$name", "$key", "$version");

    public bool Save(SqliteTransaction transaction, StateSaved saved)
    {
        var now = saved.SavedAt.ToUnixTimeMilliseconds();
        var checksum = SealedRows.Of(saved);
        return saved.ExpectedVersion == 0
            ? _insert.Run(transaction, saved.StateName, saved.GrainKey, saved.Payload, now, checksum) > 0
            : _update.Run(transaction, saved.Payload, now, checksum, saved.StateName, saved.GrainKey, saved.ExpectedVersion) > 0;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
    }
}
