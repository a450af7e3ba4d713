using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Releases;

/// <summary>Calls the release watch in each interval, from every silo, and refreshes this silo's policies.</summary>
public sealed partial class ReleaseWatcher(
    IGrainFactory grains, ReleasePolicies policies, ReleaseWatchOptions options, TimeProvider clock, ILogger<ReleaseWatcher> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Runs while the silo takes calls. Reads the policies before the first call.</summary>
    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(ReleasePolicies), ServiceLifecycleStage.ApplicationServices, stop => TryAsync(() => policies.RefreshAsync(stop)));
        lifecycle.Subscribe(
            nameof(ReleaseWatcher),
            ServiceLifecycleStage.Active,
            _ =>
            {
                _running = Task.WhenAll(
                    Task.Run(() => RepeatAsync(options.PolicyDelay, () => policies.RefreshAsync(_stopping.Token)), CancellationToken.None),
                    Task.Run(() => RepeatAsync(options.Interval, () => grains.GetGrain<IReleaseWatchGrain>(0).Begin()), CancellationToken.None));
                return Task.CompletedTask;
            },
            async cancellationToken =>
            {
                await _stopping.CancelAsync().ConfigureAwait(false);
                await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            });
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RepeatAsync(TimeSpan delay, Func<Task> work)
    {
        while (true)
        {
            await Task.Delay(delay, clock, _stopping.Token).ConfigureAwait(false);
            await TryAsync(() => work().WaitAsync(_stopping.Token)).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The next interval tries again.
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(logger, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading releases or their policies failed; retrying at the next interval")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
