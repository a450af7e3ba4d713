using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Erasure;

/// <summary>
/// Does the erasures that are asked for. What is asked for rests in the ledger, and every step may be done again, by any silo: an erasure goes on after whatever stopped it.
/// </summary>
public sealed partial class ErasureWorker(IErasures erasures, IGrainFactory grains, TimeProvider clock, ILogger<ErasureWorker> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const int ErasuresPerRound = 128;

    /// <summary>Activations ended at once.</summary>
    private const int CallsAtOnce = 16;

    /// <summary>Rounds of deletion before the next interval: a session may write while it ends.</summary>
    private const int RoundsMax = 8;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    /// <summary>How long an erasure waits for the tallies of what the listener saw. After that the figures may miss some.</summary>
    private static readonly TimeSpan s_tallyPatience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Runs while the silo takes calls.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ErasureWorker),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _running = Task.Run(RepeatAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellationToken =>
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RepeatAsync()
    {
        while (true)
        {
            await Task.Delay(s_interval, clock, _stopping.Token).ConfigureAwait(false);
            try
            {
                await EraseDueAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The next interval goes on where this one stopped.
            catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(logger, failure.GetType().Name);
            }
        }
    }

    private async Task EraseDueAsync()
    {
        var deleted = new List<ErasureDue>();
        foreach (var due in await erasures.ReadDueAsync(ErasuresPerRound, _stopping.Token).ConfigureAwait(false))
        {
            try
            {
                if (due.ListenerId is not { } listenerId || await DeleteAsync(due, listenerId).ConfigureAwait(false))
                {
                    deleted.Add(due);
                }
            }
#pragma warning disable CA1031 // The others need not wait for one that fails.
            catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(logger, failure.GetType().Name);
            }
        }

        if (deleted.Count > 0 && await erasures.FinishAsync(deleted, clock.GetUtcNow(), _stopping.Token).ConfigureAwait(false))
        {
            deleted.ForEach(due => LogDone(logger, due.Erasure));
        }
    }

    /// <returns>False where it is to be tried again.</returns>
    private async Task<bool> DeleteAsync(ErasureDue due, string listenerId)
    {
        var sessions = await erasures.ReadSessionsAsync(listenerId, _stopping.Token).ConfigureAwait(false);
        await EndAsync(listenerId, sessions).ConfigureAwait(false);
        if (clock.GetUtcNow() - due.AskedAt < s_tallyPatience && await erasures.HasUntalliedAsync(listenerId, _stopping.Token).ConfigureAwait(false))
        {
            return false;
        }

        for (var rounds = 0; rounds < RoundsMax; rounds++)
        {
            if (await erasures.DeleteAsync(due, _stopping.Token).ConfigureAwait(false) == 0)
            {
                return true;
            }

            // An activation that was busy may have written after its rows were deleted. What comes up anew finds the listener erased.
            await EndAsync(listenerId, sessions).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Ends the activations of the listener and of its sessions.</summary>
    private async Task EndAsync(string listenerId, IReadOnlyList<Guid> sessions)
    {
        foreach (var some in sessions.Chunk(CallsAtOnce))
        {
            await Task.WhenAll(some.Select(session => grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, session)).Forget())).ConfigureAwait(false);
        }

        await grains.GetGrain<IListenerGrain>(listenerId).Forget().ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Erasure {Erasure} is done")]
    private static partial void LogDone(ILogger logger, long erasure);

    // The failure's text may name the listener.
    [LoggerMessage(Level = LogLevel.Warning, Message = "An erasure failed ({Failure}); retrying at the next interval")]
    private static partial void LogFailed(ILogger logger, string failure);
}
