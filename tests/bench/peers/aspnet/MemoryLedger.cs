using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Bench.Peers;

/// <summary>A ledger that says of batches and blocks that they are on disk and forgets them: the same path without the ledger. All else is written.</summary>
internal sealed class MemoryLedger(SqliteDatabase database, TimeProvider clock) : ILedger, IDisposable
{
    private readonly SqliteLedger _rest = new(database, clock);

    public Task<long> StartWriterAsync(CancellationToken cancellationToken) => _rest.StartWriterAsync(cancellationToken);

    public void Dispose() => _rest.Dispose();

    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => _rest.FindFaultAsync(cancellationToken);

    public Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken) => _rest.EnterAsync(entries, cancellationToken);

    public Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken) => _rest.AdvanceAsync(advanced, cancellationToken);

    public async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        LedgerEntry[] written = [.. group.Entries.Where(IsWritten)];
        var verdicts = new Queue<LedgerVerdict>(written.Length == 0 ? [] : await _rest.CommitAsync(group with { Entries = written }, cancellationToken));
        return [.. group.Entries.Select(entry => IsWritten(entry) ? verdicts.Dequeue() : LedgerVerdict.Committed)];
    }

    private static bool IsWritten(LedgerEntry entry) => entry is not (BatchRecorded or BlockLogged);
}
