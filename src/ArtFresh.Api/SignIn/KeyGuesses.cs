using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Limits guesses of operators' keys: some a minute from one network, and one a minute while all networks together send too many. A right key is refused only from a
/// network that has sent wrong ones.
/// </summary>
internal sealed class KeyGuesses(ApiOptions options, OperatorKeys keys, TimeProvider clock)
{
    // The limit of all networks together, as a multiple of one network's: no single network can reach it.
    private const int NetworksAtTheirLimit = 10;
    private const int NetworksMax = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Recent<Network, Count> _networks = new(Period, clock);
    private readonly Count _all = new();

    /// <summary>The refusal of a request whose network has sent too many wrong keys; null for others.</summary>
    public Problem? Refuse(HttpContext http) => Refuse(http, http.Request.BearerToken());

    /// <summary>As <see cref="Refuse(HttpContext)"/>, for a key that is not a bearer token.</summary>
    public Problem? Refuse(HttpContext http, string? token)
    {
        if (token is null || !keys.CouldBe(token))
        {
            return null;
        }
        var now = clock.GetTimestamp();
        var name = Network.Of(http);
        var network = _networks.Find(name);
        var most = Within(_all, now) < options.Limits.KeyGuessesPerMinute * NetworksAtTheirLimit ? options.Limits.KeyGuessesPerMinute : 1;
        if (network is not null && Within(network, now) >= most)
        {
            var wait = Period - clock.GetElapsedTime(network.Since, now);
            return Problems.QuotaSpent("key-guesses", "your network", clock.GetUtcNow() + wait, wait);
        }
        if (!keys.Knows(token))
        {
            Add(_all, now);
            if (network is not null || _networks.TrySet(name, network = new Count(), weight: 1, weightMax: NetworksMax))
            {
                Add(network, now);
            }
        }
        return null;
    }

    private int Within(Count count, long now)
    {
        lock (count)
        {
            return count.Since != 0 && clock.GetElapsedTime(count.Since, now) < Period ? count.Guesses : 0;
        }
    }

    private void Add(Count count, long now)
    {
        lock (count)
        {
            if (count.Since == 0 || clock.GetElapsedTime(count.Since, now) >= Period)
            {
                (count.Since, count.Guesses) = (now, 0);
            }
            count.Guesses++;
        }
    }

    /// <summary>Number of wrong keys since a time, which is 0 before the first.</summary>
    private sealed class Count
    {
        public long Since { get; set; }

        public int Guesses { get; set; }
    }
}

/// <summary>Applies the limit before authentication, so that a refusal does not reveal whether the key is right.</summary>
internal static class KeyGuessesMiddleware
{
    public static void UseKeyGuesses(this IApplicationBuilder app)
    {
        var guesses = app.ApplicationServices.GetRequiredService<KeyGuesses>();
        app.Use((http, next) => guesses.Refuse(http) is { } refusal ? refusal.ExecuteAsync(http) : next(http));
    }
}
