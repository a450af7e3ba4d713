using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Limits wrong operator's keys: so many a minute from one network, and one from each while all networks together send too many. A right key is refused only in a
/// network that has guessed.
/// </summary>
internal sealed class KeyGuesses(ApiOptions options, OperatorKeys keys, TimeProvider clock)
{
    // A limit for all that no single network can reach.
    private const int NetworksAtTheirLimit = 10;
    private const int NetworksMax = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Recent<Network, Count> _networks = new(Period, clock);
    private readonly Count _all = new();

    /// <summary>The refusal of a request whose network has guessed too often; null for one that may go on.</summary>
    public Problem? Refuse(HttpContext http) => Refuse(http, http.Request.BearerToken());

    /// <summary>As <see cref="Refuse(HttpContext)"/>, for a key that did not come as a bearer token.</summary>
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

    /// <summary>Wrong keys since a time, which is 0 before the first.</summary>
    private sealed class Count
    {
        public long Since { get; set; }

        public int Guesses { get; set; }
    }
}

/// <summary>Puts the limit before authentication, so that a refused request learns nothing of its key.</summary>
internal static class KeyGuessesMiddleware
{
    public static void UseKeyGuesses(this IApplicationBuilder app)
    {
        var guesses = app.ApplicationServices.GetRequiredService<KeyGuesses>();
        app.Use((http, next) => guesses.Refuse(http) is { } refusal ? refusal.ExecuteAsync(http) : next(http));
    }
}
