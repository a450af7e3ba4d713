using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Artworks;

/// <summary>Tells caches outside, such as a CDN, that artworks were withdrawn or put back.</summary>
public interface IPictureCaches
{
    /// <summary>Tells them; false if they are to be told again.</summary>
    Task<bool> TryTellAsync(IReadOnlyList<WithdrawalChange> changes, CancellationToken cancellationToken);
}

/// <summary>Tells caches outside of each withdrawal, at least once: what is not told rests in the ledger, and any silo may tell it.</summary>
public sealed partial class WithdrawalTeller(IWithdrawals withdrawals, IEnumerable<IPictureCaches> caches, TimeProvider clock, ILogger<WithdrawalTeller> logger) : SiloWork
{
    private const int ChangesPerCall = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override Task RunAsync() => caches.Any() ? RepeatAsync(Interval, clock, TellAsync, failure => LogFailed(logger, failure)) : Task.CompletedTask;

    private async Task TellAsync()
    {
        IReadOnlyList<WithdrawalChange> some;
        do
        {
            var now = clock.GetUtcNow();
            some = await withdrawals.TakeUntoldAsync(now, now + RetryDelay, ChangesPerCall, Stopping).ConfigureAwait(false);
            foreach (var cache in some.Count > 0 ? caches : [])
            {
                if (!await cache.TryTellAsync(some, Stopping).ConfigureAwait(false))
                {
                    return;
                }
            }

            if (some.Count > 0)
            {
                await withdrawals.EndUntoldAsync([.. some.Select(change => change.Change)], Stopping).ConfigureAwait(false);
            }
        }
        while (some.Count == ChangesPerCall);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telling caches of withdrawn artworks failed; they are told again in 30 s")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
