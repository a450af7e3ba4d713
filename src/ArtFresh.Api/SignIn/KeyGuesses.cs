using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Limits wrong operators' keys. A network that has guessed too often is refused whatever key it sends, unread: otherwise the guessing could go on. A network that a right key
/// came from before is refused no right key that nobody can guess: strangers there, or behind the same proxy, must not lock operators out.
/// </summary>
internal sealed class KeyGuesses(OperatorKeys keys, Quotas quotas, TimeProvider clock)
{
    /// <summary>Networks of operators and of Prometheus.</summary>
    private const int KnownMax = 1024;

    private readonly Recent<Network, object> _known = new(TimeSpan.FromDays(7), clock);

    /// <summary>The refusal of a request to an operators' address whose network has guessed too often; null for one that may go on.</summary>
    public Problem? Refuse(HttpContext http) => OperatorCookie.IsDoor(http.Request) ? Refuse(http, http.Request.BearerToken()) : null;

    /// <summary>As <see cref="Refuse(HttpContext)"/>, for a key that did not come as a bearer token.</summary>
    public Problem? Refuse(HttpContext http, string? token)
    {
        if (token is null || !keys.CouldBe(token))
        {
            return null;
        }
        var network = Network.Of(http);
        if (quotas.RefuseGuess(network) is { } refusal)
        {
            return _known.Find(network) is not null && keys.KnowsUnguessable(token) ? null : refusal;
        }
        if (keys.Knows(token))
        {
            _known.Keep(network, static _ => new object(), KnownMax);
        }
        else
        {
            quotas.ChargeGuess(network);
        }
        return null;
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
