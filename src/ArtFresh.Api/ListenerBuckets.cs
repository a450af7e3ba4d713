using System.Threading.RateLimiting;

namespace ArtFresh.Api;

/// <summary>One token bucket a listener, or an address where nobody is signed in, shared by the short and the long way. Idle ones are forgotten by the limiter itself.</summary>
internal sealed class ListenerBuckets(ApiOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> buckets = PartitionedRateLimiter.Create<string, string>(
        owner => RateLimits.Bucket(owner, options.ListenerRequestsBurstMax, options.ListenerRequestsPerSecondMax, TimeSpan.FromSeconds(1)),
        StringComparer.Ordinal);

    /// <summary>Takes one request's token; false when there is none left.</summary>
    public bool TryTake(string owner)
    {
        using var lease = buckets.AttemptAcquire(owner);
        return lease.IsAcquired;
    }

    /// <summary>The same bucket, as the rate limiting middleware wants it.</summary>
    public RateLimitPartition<string> PartitionOf(string owner) => RateLimitPartition.Get(owner, key => new Bucket(buckets, key));

    public void Dispose() => buckets.Dispose();

    private sealed class Bucket(PartitionedRateLimiter<string> buckets, string owner) : RateLimiter
    {
        private long usedAt = TimeProvider.System.GetTimestamp();

        public override TimeSpan? IdleDuration => TimeProvider.System.GetElapsedTime(Volatile.Read(ref usedAt));

        public override RateLimiterStatistics? GetStatistics() => buckets.GetStatistics(owner);

        protected override RateLimitLease AttemptAcquireCore(int permitCount)
        {
            Volatile.Write(ref usedAt, TimeProvider.System.GetTimestamp());
            return buckets.AttemptAcquire(owner, permitCount);
        }

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));
    }
}
