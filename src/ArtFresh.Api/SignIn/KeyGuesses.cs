using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Limits wrong operators' keys. A network that has guessed too often is refused whatever key it sends: otherwise the guessing could go on. A right key that no number of
/// guesses finds passes nevertheless, as those do that the server makes: strangers there, or behind the same proxy, must not lock operators out.
/// </summary>
internal sealed class KeyGuesses(OperatorKeys keys, Quotas quotas)
{
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
            return keys.KnowsUnguessable(token) ? null : refusal;
        }
        if (!keys.Knows(token))
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
