using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>Token buckets: one a listener, or one an address where nobody is signed in. Idle ones are forgotten by the limiter itself.</summary>
internal static class RateLimits
{
    public const string ListenerPolicy = "listener";
    public const string SignInPolicy = "sign-in";
    public const string PicturePolicy = "picture";

    public static void AddRateLimits(this IServiceCollection services, ApiOptions options) => services.AddRateLimiter(limits =>
    {
        limits.OnRejected = (rejected, _) => new ValueTask(Problems
            .TooManyRequests(rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var delay) ? delay : null)
            .ExecuteAsync(rejected.HttpContext));
        limits.AddPolicy(ListenerPolicy, ListenerBucket);
        // A page signs in at each load: only those who are nobody yet count against the address, which a whole office may share.
        limits.AddPolicy(SignInPolicy, http => http.ListenerId() is null
            ? Bucket(AddressOf(http), options.Limits.SignInsPerMinute, 1, TimeSpan.FromMinutes(1) / options.Limits.SignInsPerMinute)
            : ListenerBucket(http));
        limits.AddPolicy(PicturePolicy, http => Bucket(AddressOf(http), options.Limits.PicturesBurst, options.Limits.PicturesPerSecond, TimeSpan.FromSeconds(1)));
    });

    private static RateLimitPartition<string> ListenerBucket(HttpContext http) => http.IsOperator()
        ? RateLimitPartition.GetNoLimiter("operator")
        : http.RequestServices.GetRequiredService<ListenerBuckets>().PartitionOf(http.ListenerId() ?? AddressOf(http));

    private static RateLimitPartition<string> Bucket(string key, int burst, int refill, TimeSpan period) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => BucketOf(burst, refill, period));

    public static TokenBucketRateLimiterOptions BucketOf(int burst, int refill, TimeSpan period) => new()
    {
        TokenLimit = burst,
        TokensPerPeriod = refill,
        ReplenishmentPeriod = period,
        QueueLimit = 0,
    };

    // One customer holds at least a /64 of IPv6, so its single addresses are no measure of anything.
    private static string AddressOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
        {
            return "address unknown";
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"address {new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]])}/64"
            : $"address {address}";
    }
}
