using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Operations;

/// <summary>Once a second, tells the tallies of all writers with rows not added up yet, those of writers that died included.</summary>
public sealed partial class TallyNudge(
    IGrainFactory grains, IImpressionLog log, LedgerWriter ledger, TimeProvider clock, ILogger<TallyNudge> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Runs while the silo takes calls.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(TallyNudge),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellationToken =>
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        // Below any count, so that the first tick finds rows of writers that died before their tally had caught up.
        var tallied = -1L;
        using var timer = new PeriodicTimer(Delay, clock);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            var committed = ledger.BatchesCommitted;
            if (committed != tallied && await NudgeAsync(stopping).ConfigureAwait(false))
            {
                tallied = committed;
            }
        }
    }

    private async Task<bool> NudgeAsync(CancellationToken stopping)
    {
        try
        {
            foreach (var writerNumber in await log.ReadUntalliedWritersAsync(stopping).ConfigureAwait(false))
            {
                await grains.GetGrain<IImpressionTallyGrain>(writerNumber).CatchUp().ConfigureAwait(false);
            }

            return true;
        }
#pragma warning disable CA1031 // Only a nudge: the ledger has what it left out, and the next tick reads it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNudgeFailed(logger, failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tally did not catch up; the next tick will")]
    private static partial void LogNudgeFailed(ILogger logger, Exception failure);
}
