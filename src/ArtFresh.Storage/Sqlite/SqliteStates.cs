using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Storage.Sqlite;

/// <summary>
/// Table <c>grain_state</c>, read and written. States that wait are written in one transaction over the ledger's own connection, on the thread pool: SQLite blocks its
/// caller, and a second writing connection would wait for the first by polling.
/// </summary>
public sealed class SqliteStates(SqliteDatabase database, SqliteLedger ledger) : IStateLog
{
    private readonly Lock _lock = new();
    private List<Waiting> _waiting = [];
    private bool _isWriting;

    /// <inheritdoc/>
    public async Task<(byte[]? Payload, long Version)> ReadStateAsync(string stateName, string grainKey, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select payload, version from grain_state where state_name = $1 and grain_key = $2",
        row => (StoredRows.BytesOrNull(row, 0), row.GetInt64(1)), cancellationToken, stateName, grainKey)).SingleOrDefault();

    /// <inheritdoc/>
    public Task<bool> SaveStateAsync(StateSaved saved, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(saved);
        lock (_lock)
        {
            _waiting.Add(waiting);
            if (!_isWriting)
            {
                _isWriting = true;
                _ = Task.Run(WriteAll, CancellationToken.None);
            }
        }

        return waiting.Task.WaitAsync(cancellationToken);
    }

    private void WriteAll()
    {
        while (Take() is { Count: > 0 } group)
        {
            try
            {
                foreach (var (waiting, isSaved) in group.Zip(ledger.SaveStates(group.ConvertAll(waiting => waiting.Saved))))
                {
                    waiting.SetResult(isSaved);
                }
            }
#pragma warning disable CA1031 // Whatever failed, the callers must not wait for ever.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                group.ForEach(waiting => waiting.TrySetException(failure));
            }
        }
    }

    private List<Waiting> Take()
    {
        lock (_lock)
        {
            var taken = _waiting;
            _waiting = [];
            _isWriting = taken.Count > 0;
            return taken;
        }
    }

    private sealed class Waiting(StateSaved saved) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public StateSaved Saved { get; } = saved;
    }
}
