using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Limits wrong operators' keys. A right key that nobody can guess always passes: strangers of its network, or behind the same proxy, must not lock it out. One that might be
/// guessed is refused in a network that has guessed, or guessing could go on.
/// </summary>
internal sealed class KeyGuesses(OperatorKeys keys, Quotas quotas)
{
    /// <summary>The refusal of a request whose network has guessed too often; null for one that may go on.</summary>
    public Problem? Refuse(HttpContext http) => Refuse(http, http.Request.BearerToken());

    /// <summary>As <see cref="Refuse(HttpContext)"/>, for a key that did not come as a bearer token.</summary>
    public Problem? Refuse(HttpContext http, string? token)
    {
        if (token is null || !keys.CouldBe(token) || keys.KnowsUnguessable(token))
        {
            return null;
        }
        var network = Network.Of(http);
        if (quotas.RefuseGuess(network) is { } refusal)
        {
            return refusal;
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
