using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Reads the table <c>grain_state</c>.</summary>
internal sealed class SqliteStates(SqliteDatabase database) : IStateLog
{
    public async Task<(byte[]? Payload, long Version)> ReadStateAsync(string stateName, string grainKey, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select payload, version from grain_state where state_name = $1 and grain_key = $2",
        row => (StoredRows.BytesOrNull(row, 0), row.GetInt64(1)), cancellationToken, stateName, grainKey)).SingleOrDefault();
}
