using ArtFresh.Grains.Ledger;

namespace ArtFresh.Cluster.Tests;

/// <summary>A ledger that, when told to, fails, holds or forgets its answer to commits of impressions.</summary>
public sealed class FaultyLedger
{
    private int _failures;
    private int _lostAnswers;
    private TaskCompletionSource? _held;

    /// <summary>Fails the next commits before they reach the disk.</summary>
    public void FailNext(int commits = 1) => _failures = commits;

    /// <summary>Commits the next groups, and then answers as if it had failed.</summary>
    public void LoseNextAnswers(int commits = 1) => _lostAnswers = commits;

    /// <summary>Holds every commit back until the answer is disposed.</summary>
    public IDisposable Hold()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = held;
        return new Release(() =>
        {
            _held = null;
            held.SetResult();
        });
    }

    public ILedger Around(ILedger ledger) => new Decorated(this, ledger);

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }

    private sealed class Decorated(FaultyLedger faults, ILedger ledger) : ILedger
    {
        public Task<long> StartWriterAsync(CancellationToken cancellationToken) => ledger.StartWriterAsync(cancellationToken);

        public Task<bool> CheckAsync(CancellationToken cancellationToken) => ledger.CheckAsync(cancellationToken);

        public async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
        {
            if (!group.Entries.Any(entry => entry is BatchRecorded))
            {
                return await ledger.CommitAsync(group, cancellationToken);
            }

            if (faults._held is { } held)
            {
                await held.Task;
            }

            if (Interlocked.Decrement(ref faults._failures) >= 0)
            {
                throw new LedgerUnavailableException("The disk is full, says the test.");
            }

            var verdicts = await ledger.CommitAsync(group, cancellationToken);
            return Interlocked.Decrement(ref faults._lostAnswers) >= 0
                ? throw new LedgerUnavailableException("The answer was lost, says the test.")
                : verdicts;
        }
    }
}
