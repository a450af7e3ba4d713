using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Releases;

/// <summary>Calls the release watch in each interval, from every silo, and refreshes this silo's policies.</summary>
public sealed partial class ReleaseWatcher(
    IGrainFactory grains, ReleasePolicies policies, ReleaseWatchOptions options, TimeProvider clock, ILogger<ReleaseWatcher> logger)
    : SiloWork
{
    /// <summary>As any work. Reads the policies before the first call.</summary>
    public override void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(ReleasePolicies), ServiceLifecycleStage.ApplicationServices, stop => TryAsync(() => policies.RefreshAsync(stop), Failed));
        base.Participate(lifecycle);
    }

    /// <inheritdoc/>
    protected override Task RunAsync() => Task.WhenAll(
        RepeatAsync(options.PolicyDelay, clock, () => policies.RefreshAsync(Stopping).WaitAsync(Stopping), Failed),
        RepeatAsync(options.Interval, clock, () => grains.GetGrain<IReleaseWatchGrain>(0).Begin().WaitAsync(Stopping), Failed));

    private void Failed(Exception failure) => LogFailed(logger, failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading releases or their policies failed; retrying at the next interval")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
