using Microsoft.AspNetCore.Builder;

namespace ArtFresh.Api;

/// <summary>The quotas, each with its own tokens.</summary>
internal enum Quota
{
    /// <summary>Requests of any kind.</summary>
    Requests,

    /// <summary>Fresh artworks served.</summary>
    ArtworksServed,

    /// <summary>Artworks that clients made without a network.</summary>
    ArtworksMade,

    /// <summary>Artworks reported that the listener was never served.</summary>
    ArtworksUnserved,

    /// <summary>Sessions opened.</summary>
    Sessions,

    /// <summary>Sign-ins of new guests.</summary>
    SignIns,

    /// <summary>Requests for pictures.</summary>
    Pictures,
}

/// <summary>
/// Token buckets of listeners and networks, one for each quota. A listener's quota is more than a keen listener needs; a network has the quotas of several listeners, and
/// bounds guests, who cost nothing to make. The number of accounts is bounded; an account is dropped an hour after its last use, when it is full again.
/// </summary>
internal sealed class Quotas(ApiOptions options, TimeProvider clock)
{
    /// <summary>The most listeners' accounts in an hour. Further listeners are bounded by their network only.</summary>
    private const int ListenersMax = 65_536;

    /// <summary>The most networks' accounts in an hour. Further networks share one account.</summary>
    private const int NetworksMax = 16_384;

    /// <summary>Time without a request after which every account is full, and can be dropped.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly Recent<string, TokenAccount> _listeners = new(Age, clock);
    private readonly Recent<Network, TokenAccount> _networks = new(Age, clock);
    private readonly TokenAccount _otherNetworks = new();
    private readonly Allowance[] _ofListener = [.. Enum.GetValues<Quota>().Select(quota => AllowanceOf(quota, options.Limits, 1, clock))];
    private readonly Allowance[] _ofNetwork = [.. Enum.GetValues<Quota>().Select(quota => AllowanceOf(quota, options.Limits, options.Limits.ListenersPerNetwork, clock))];

    /// <summary>Takes tokens of a listener and of their network.</summary>
    /// <param name="listenerId">Null if nobody is signed in.</param>
    /// <returns>The refusal if either has too few tokens, in which case none are taken; else null.</returns>
    public Problem? Take(Quota quota, string? listenerId, Network network, int cost = 1)
    {
        var now = clock.GetTimestamp();
        var own = OfListener(listenerId);
        if (own is not null && !own.TryTake(quota, cost, _ofListener[(int)quota], now))
        {
            return Refuse(quota, "you", own, _ofListener[(int)quota], cost, now);
        }
        var shared = OfNetwork(network);
        if (shared.TryTake(quota, cost, _ofNetwork[(int)quota], now))
        {
            return null;
        }
        own?.Add(quota, -cost, _ofListener[(int)quota], now);
        return Refuse(quota, "your network", shared, _ofNetwork[(int)quota], cost, now);
    }

    /// <summary>
    /// The refusal of a listener who was charged for all their tokens, or who was charged and whose network has none left. A listener who was never charged is not refused
    /// because of others in the network.
    /// </summary>
    public Problem? RefuseIndebted(Quota quota, string listenerId, Network network)
    {
        var now = clock.GetTimestamp();
        if (_listeners.Find(listenerId) is not { } own || own.Taken(quota, now) == 0)
        {
            return null;
        }
        return !own.Has(quota, 1, _ofListener[(int)quota], now) ? Refuse(quota, "you", own, _ofListener[(int)quota], 1, now)
            : OfNetwork(network) is var shared && !shared.Has(quota, 1, _ofNetwork[(int)quota], now) ? Refuse(quota, "your network", shared, _ofNetwork[(int)quota], 1, now)
            : null;
    }

    /// <summary>Takes tokens even if there are none left: for costs that are known only afterwards.</summary>
    public void Charge(Quota quota, string listenerId, Network network, int cost)
    {
        var now = clock.GetTimestamp();
        OfListener(listenerId)?.Add(quota, cost, _ofListener[(int)quota], now);
        OfNetwork(network).Add(quota, cost, _ofNetwork[(int)quota], now);
    }

    private TokenAccount? OfListener(string? listenerId) => listenerId is null ? null : _listeners.Keep(listenerId, static _ => new TokenAccount(), ListenersMax);

    private TokenAccount OfNetwork(Network network) => _networks.Keep(network, static _ => new TokenAccount(), NetworksMax) ?? _otherNetworks;

    private Problem Refuse(Quota quota, string whose, TokenAccount account, Allowance allowance, int cost, long now)
    {
        var wait = TimeSpan.FromSeconds((double)account.WaitFor(quota, cost, allowance, now) / clock.TimestampFrequency);
        var full = clock.GetUtcNow() + TimeSpan.FromSeconds((double)account.Taken(quota, now) / clock.TimestampFrequency);
        return Problems.QuotaSpent(NameOf(quota), whose, full, wait);
    }

    private static string NameOf(Quota quota) => quota switch
    {
        Quota.Requests => "requests",
        Quota.ArtworksServed => "artworks-served",
        Quota.ArtworksMade => "artworks-made",
        Quota.ArtworksUnserved => "artworks-unserved",
        Quota.Sessions => "sessions",
        Quota.SignIns => "sign-ins",
        Quota.Pictures => "pictures",
        _ => throw new ArgumentOutOfRangeException(nameof(quota), quota, "No such quota."),
    };

    private static Allowance AllowanceOf(Quota quota, RateOptions limits, int listeners, TimeProvider clock)
    {
        var (burst, tokens, period) = quota switch
        {
            Quota.Requests => (limits.ListenerRequestsBurst, limits.ListenerRequestsPerSecond, TimeSpan.FromSeconds(1)),
            Quota.ArtworksServed => Hourly(limits.ArtworksServedPerHour),
            Quota.ArtworksMade => Hourly(limits.ArtworksMadePerHour),
            Quota.ArtworksUnserved => Hourly(limits.ArtworksUnservedPerHour),
            Quota.Sessions => Hourly(limits.SessionsPerHour),
            // These two settings are a network's quotas.
            Quota.SignIns => (limits.SignInsPerMinute, limits.SignInsPerMinute, TimeSpan.FromMinutes(1)),
            Quota.Pictures => (limits.PicturesBurst, limits.PicturesPerSecond, TimeSpan.FromSeconds(1)),
            _ => throw new ArgumentOutOfRangeException(nameof(quota), quota, "No such quota."),
        };
        var times = quota is Quota.SignIns or Quota.Pictures ? 1 : listeners;
        return new Allowance(Math.Max(1, (long)(period.TotalSeconds * clock.TimestampFrequency / tokens / times)), (long)burst * times);

        static (int, int, TimeSpan) Hourly(int tokens) => (tokens, tokens, TimeSpan.FromHours(1));
    }
}

/// <summary>Size and rate of a bucket.</summary>
/// <param name="TokenTicks">The time in which one token is refilled, in ticks of the clock's timestamps.</param>
/// <param name="Burst">Tokens of a full bucket.</param>
internal readonly record struct Allowance(long TokenTicks, long Burst);

/// <summary>
/// The buckets of one listener or network. Each is one number, the time when the bucket is full again (the generic cell rate algorithm, ITU-T I.371). Thread-safe.
/// </summary>
internal sealed class TokenAccount
{
    private static readonly int QuotaCount = Enum.GetValues<Quota>().Length;

    private readonly long[] _fullAt = new long[QuotaCount];

    /// <summary>Takes the tokens if there are enough.</summary>
    public bool TryTake(Quota quota, int cost, Allowance allowance, long now)
    {
        ref var place = ref _fullAt[(int)quota];
        while (true)
        {
            var fullAt = Volatile.Read(ref place);
            var next = Math.Max(fullAt, now) + (cost * allowance.TokenTicks);
            if (next - now > allowance.Burst * allowance.TokenTicks)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref place, next, fullAt) == fullAt)
            {
                return true;
            }
        }
    }

    /// <summary>Takes the tokens even if there are too few; a negative cost puts them back.</summary>
    public void Add(Quota quota, int cost, Allowance allowance, long now)
    {
        ref var place = ref _fullAt[(int)quota];
        long fullAt;
        do
        {
            fullAt = Volatile.Read(ref place);
        }
        while (Interlocked.CompareExchange(ref place, Math.Max(fullAt, now) + (cost * allowance.TokenTicks), fullAt) != fullAt);
    }

    public bool Has(Quota quota, int cost, Allowance allowance, long now) => WaitFor(quota, cost, allowance, now) == 0;

    /// <summary>Ticks until there are enough tokens, or until the bucket is full if the cost exceeds its size.</summary>
    public long WaitFor(Quota quota, int cost, Allowance allowance, long now) =>
        Math.Max(0, Taken(quota, now) - ((allowance.Burst - Math.Min(cost, allowance.Burst)) * allowance.TokenTicks));

    /// <summary>Ticks until the bucket is full.</summary>
    public long Taken(Quota quota, long now) => Math.Max(0, Volatile.Read(ref _fullAt[(int)quota]) - now);
}

/// <summary>The quota of which each request of an endpoint takes one token.</summary>
internal sealed record QuotaMark(Quota Quota);

/// <summary>Marks endpoints with a quota.</summary>
internal static class QuotaMarks
{
    public static TBuilder TakesToken<TBuilder>(this TBuilder endpoint, Quota quota) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new QuotaMark(quota));
}
