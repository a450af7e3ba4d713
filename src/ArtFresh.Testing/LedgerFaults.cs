using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Testing;

/// <summary>What is to go wrong between the silos and their ledger. Each fault hits commits that hold at least one entry of the type named, tallies (<see cref="TallyAdvanced"/>) or snapshots (<see cref="StateSaved"/>), of any silo.</summary>
public sealed class LedgerFaults
{
    private readonly List<Fault> _faults = [];
    private readonly Lock _lock = new();
    private int _held;

    /// <summary>Commits that <see cref="Hold{TEntry}"/> and <see cref="HoldAnswers{TEntry}"/> hold back.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Fails the next commits before anything of them is written.</summary>
    public void FailNext<TEntry>(int commits = 1)
        where TEntry : class => Add<TEntry>(commits, FaultKind.Fail, null);

    /// <summary>Writes the next commits, and then answers as if they had failed: their outcome is unknown to whoever waits.</summary>
    public void LoseNextAnswers<TEntry>(int commits = 1)
        where TEntry : class => Add<TEntry>(commits, FaultKind.LoseAnswer, null);

    /// <summary>Holds commits back until the answer is disposed.</summary>
    public IDisposable Hold<TEntry>()
        where TEntry : class => HoldAt<TEntry>(FaultKind.Hold);

    /// <summary>Writes commits, and holds their answers back until the answer is disposed.</summary>
    public IDisposable HoldAnswers<TEntry>()
        where TEntry : class => HoldAt<TEntry>(FaultKind.HoldAnswer);

    private Release HoldAt<TEntry>(FaultKind kind)
        where TEntry : class
    {
        var fault = Add<TEntry>(int.MaxValue, kind, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return new Release(() =>
        {
            lock (_lock)
            {
                _faults.Remove(fault);
            }

            fault.Held!.TrySetResult();
        });
    }

    /// <summary>Cuts one silo off from the ledger for good, by the ledger that <see cref="Around"/> gave it: a silo's name comes back, its ledger does not.</summary>
    internal static void Cut(ILedger ledger) => ((FaultyLedger)ledger).Cut();

    /// <returns>Is an <see cref="IStateLog"/> too: a silo that is cut off writes no snapshots either.</returns>
    internal ILedger Around(ILedger ledger, IStateLog states) => new FaultyLedger(this, ledger, states);

    private Fault Add<TEntry>(int commits, FaultKind kind, TaskCompletionSource? held)
        where TEntry : class
    {
        var fault = new Fault(entry => entry is TEntry, kind, held) { Left = commits };
        lock (_lock)
        {
            _faults.Add(fault);
        }

        return fault;
    }

    private Fault[] Take(IReadOnlyList<object> entries)
    {
        lock (_lock)
        {
            var hits = _faults.Where(fault => fault.Left > 0 && entries.Any(fault.Hits)).ToArray();
            foreach (var fault in hits)
            {
                fault.Left--;
            }

            _faults.RemoveAll(fault => fault.Left == 0);
            return hits;
        }
    }

    private async Task WaitAsync(IReadOnlyCollection<Fault> holds)
    {
        Interlocked.Add(ref _held, holds.Count);
        await Task.WhenAll(holds.Select(fault => fault.Held!.Task)).ConfigureAwait(false);
        Interlocked.Add(ref _held, -holds.Count);
    }

    private enum FaultKind
    {
        Fail,
        LoseAnswer,
        Hold,
        HoldAnswer,
    }

    private sealed record Fault(Func<object, bool> Hits, FaultKind Kind, TaskCompletionSource? Held)
    {
        public int Left { get; set; }
    }

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }

    private sealed class FaultyLedger(LedgerFaults faults, ILedger ledger, IStateLog states) : ILedger, IStateLog
    {
        private volatile bool _isCut;

        public void Cut() => _isCut = true;

        public Task<long> StartWriterAsync(CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return ledger.StartWriterAsync(cancellationToken);
        }

        public Task<string?> FindFaultAsync(CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return ledger.FindFaultAsync(cancellationToken);
        }

        public Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken) =>
            WriteAsync(group.Entries, () => ledger.CommitAsync(group, cancellationToken));

        public Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken) =>
            WriteAsync(entries, () => ledger.EnterAsync(entries, cancellationToken));

        public Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken) =>
            WriteAsync([advanced], () => ledger.AdvanceAsync(advanced, cancellationToken));

        public Task<(byte[]? Payload, long Version)> ReadStateAsync(string stateName, string grainKey, CancellationToken cancellationToken) =>
            states.ReadStateAsync(stateName, grainKey, cancellationToken);

        public Task<bool> SaveStateAsync(StateSaved saved, CancellationToken cancellationToken) =>
            WriteAsync([saved], () => states.SaveStateAsync(saved, cancellationToken));

        private async Task<T> WriteAsync<T>(IReadOnlyList<object> entries, Func<Task<T>> write)
        {
            var hits = faults.Take(entries);
            await faults.WaitAsync([.. hits.Where(fault => fault.Kind == FaultKind.Hold)]).ConfigureAwait(false);
            ThrowIfCut();
            if (hits.Any(fault => fault.Kind == FaultKind.Fail))
            {
                throw new LedgerUnavailableException("The commit failed, as the test wanted.");
            }

            var written = await write().ConfigureAwait(false);
            await faults.WaitAsync([.. hits.Where(fault => fault.Kind == FaultKind.HoldAnswer)]).ConfigureAwait(false);
            return hits.Any(fault => fault.Kind == FaultKind.LoseAnswer)
                ? throw new LedgerUnavailableException("The answer was lost, as the test wanted.")
                : written;
        }

        private void ThrowIfCut()
        {
            if (_isCut)
            {
                throw new LedgerUnavailableException("The silo was killed.");
            }
        }
    }
}
