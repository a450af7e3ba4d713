using System.Threading.RateLimiting;

namespace ArtFresh.Api;

/// <summary>
/// One token bucket a listener, or an address where nobody is signed in, shared by the short and the long way. A bucket is refilled when it is asked: a limiter that
/// refills them all ten times a second costs the more, the more listeners there are.
/// </summary>
internal sealed class ListenerBuckets(ApiOptions options, TimeProvider clock)
{
    /// <summary>Whoever has not asked for so long has a full bucket, and may as well have a new one.</summary>
    private readonly Recent<string, TokenBucketRateLimiter> _buckets = new(
        TimeSpan.FromSeconds(Math.Max(60, options.Limits.ListenerRequestsBurst / options.Limits.ListenerRequestsPerSecond)), clock);

    // Kept: made where it is used, it would be made for each request.
    private readonly Func<string, TokenBucketRateLimiter> _make = _ =>
    {
        var refilled = RateLimits.BucketOf(options.Limits.ListenerRequestsBurst, options.Limits.ListenerRequestsPerSecond, TimeSpan.FromSeconds(1));
        refilled.AutoReplenishment = false;
        return new TokenBucketRateLimiter(refilled);
    };

    /// <summary>Takes one request's token; false when there is none left.</summary>
    public bool TryTake(string owner)
    {
        using var lease = Take(owner, 1);
        return lease.IsAcquired;
    }

    /// <summary>The same bucket, as the rate limiting middleware wants it.</summary>
    public RateLimitPartition<string> PartitionOf(string owner) => RateLimitPartition.Get(owner, key => new Bucket(this, key));

    private RateLimitLease Take(string owner, int permits)
    {
        var bucket = Find(owner);
        bucket.TryReplenish();
        return bucket.AttemptAcquire(permits);
    }

    private TokenBucketRateLimiter Find(string owner) => _buckets.Keep(owner, _make);

    private sealed class Bucket(ListenerBuckets buckets, string owner) : RateLimiter
    {
        private long _usedAt = TimeProvider.System.GetTimestamp();

        public override TimeSpan? IdleDuration => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _usedAt));

        public override RateLimiterStatistics? GetStatistics() => buckets.Find(owner).GetStatistics();

        protected override RateLimitLease AttemptAcquireCore(int permitCount)
        {
            Volatile.Write(ref _usedAt, TimeProvider.System.GetTimestamp());
            return buckets.Take(owner, permitCount);
        }

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));
    }
}
