using System.Threading.RateLimiting;

namespace ArtFresh.Api;

/// <summary>
/// Limits the requests that run at once, so that a stalled cluster causes quick refusals rather than growing memory. Fresh art has its own limit, because it must not wait
/// behind batches that wait for the disk.
/// </summary>
internal sealed class ConcurrencyLimits(ApiOptions options) : IDisposable
{
    public ConcurrencyLimiter Fresh { get; } = Bounded(options.HotRequestsRunningMax, options.HotRequestsWaitingMax);

    public ConcurrencyLimiter Impressions { get; } = Bounded(options.HotRequestsRunningMax, options.HotRequestsWaitingMax);

    public ConcurrencyLimiter Pictures { get; } = Bounded(options.PicturesRunningMax, 0);

    public void Dispose()
    {
        Fresh.Dispose();
        Impressions.Dispose();
        Pictures.Dispose();
    }

    private static ConcurrencyLimiter Bounded(int running, int waiting) => new(new ConcurrencyLimiterOptions
    {
        PermitLimit = running,
        QueueLimit = waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });
}
