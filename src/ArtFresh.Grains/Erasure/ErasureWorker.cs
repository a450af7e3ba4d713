using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Erasure;

/// <summary>
/// Does the erasures that are asked for. What is asked for rests in the ledger, and every step may be done again, by any silo: an erasure goes on after whatever stopped it.
/// </summary>
public sealed partial class ErasureWorker(IErasures erasures, IGrainFactory grains, TimeProvider clock, ILogger<ErasureWorker> logger)
    : SiloWork
{
    private const int ErasuresPerRound = 128;

    /// <summary>Activations ended at once.</summary>
    private const int CallsAtOnce = 16;

    /// <summary>Rounds of deletion before the next interval: a session may write while it ends.</summary>
    private const int RoundsMax = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>How long an erasure waits for the tallies of what the listener saw. After that the figures may miss some.</summary>
    private static readonly TimeSpan TallyPatience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    protected override Task RunAsync() => RepeatAsync(Interval, clock, EraseDueAsync, Failed);

    private async Task EraseDueAsync()
    {
        var deleted = new List<ErasureDue>();
        foreach (var due in await erasures.ReadDueAsync(ErasuresPerRound, Stopping).ConfigureAwait(false))
        {
            // The others need not wait for one that fails.
            await TryAsync(
                async () =>
                {
                    if (due.ListenerId is not { } listenerId || await DeleteAsync(due, listenerId).ConfigureAwait(false))
                    {
                        deleted.Add(due);
                    }
                },
                Failed).ConfigureAwait(false);
        }

        if (deleted.Count > 0 && await erasures.FinishAsync(deleted, clock.GetUtcNow(), Stopping).ConfigureAwait(false))
        {
            deleted.ForEach(due => LogDone(logger, due.Erasure));
        }
    }

    /// <returns>False where it is to be tried again.</returns>
    private async Task<bool> DeleteAsync(ErasureDue due, string listenerId)
    {
        var sessions = await erasures.ReadSessionsAsync(listenerId, Stopping).ConfigureAwait(false);
        await EndAsync(listenerId, sessions).ConfigureAwait(false);
        if (clock.GetUtcNow() - due.AskedAt < TallyPatience && await erasures.HasUntalliedAsync(listenerId, Stopping).ConfigureAwait(false))
        {
            return false;
        }

        for (var rounds = 0; rounds < RoundsMax; rounds++)
        {
            if (await erasures.DeleteAsync(due, Stopping).ConfigureAwait(false) == 0)
            {
                return true;
            }

            // An activation that was busy may have written after its rows were deleted. What comes up anew finds the listener erased.
            await EndAsync(listenerId, sessions).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Ends the activations of the listener and of its sessions, as far as they can be reached: what they would write is fenced off. A damaged log lets none come up.</summary>
    private async Task EndAsync(string listenerId, IReadOnlyList<Guid> sessions)
    {
        foreach (var some in sessions.Chunk(CallsAtOnce))
        {
            await TryAsync(() => Task.WhenAll(some.Select(session => grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, session)).Forget())), Failed).ConfigureAwait(false);
        }

        await TryAsync(() => grains.GetGrain<IListenerGrain>(listenerId).Forget(), Failed).ConfigureAwait(false);
    }

    // The failure's text may name the listener.
    private void Failed(Exception failure) => LogFailed(logger, failure.GetType().Name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Erasure {Erasure} is done")]
    private static partial void LogDone(ILogger logger, long erasure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A step of an erasure failed ({Failure}); what is not erased is tried again at the next interval")]
    private static partial void LogFailed(ILogger logger, string failure);
}
