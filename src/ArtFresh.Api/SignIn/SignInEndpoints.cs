using System.ComponentModel;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>The signed-in listener.</summary>
internal sealed record GuestBody(
    [property: Description("The listener's id.")] string ListenerId,
    [property: Description("Stands for the guest as 'Authorization: Bearer' where the cookie does not come along, and names the guest who joins an account; good for 400 days. Left out for an account."),
        JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ListenerToken);

/// <summary>Signs guests in by cookie.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder api)
    {
        api.MapPost("/sign-in/guest", SignInGuest)
            .WithName("SignInGuest")
            .WithSummary("Signs a guest in with an HttpOnly cookie that is valid for 400 days. A caller who is signed in already stays the same listener.")
            .TakesToken(Quota.SignIns)
            .Produces<GuestBody>()
            .Refuses(401, 403, 429);
        api.MapPost("/sign-out", SignOut)
            .WithName("SignOut")
            .WithSummary("Deletes the guest's and the operator's cookie. With its next sign-in the browser is a new guest.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(403, 429);
    }

    private static async Task<IResult> SignInGuest(HttpContext http, Callers callers, ApiOptions options, ListenerTokens tokens, GrainCalls grains, TimeProvider clock)
    {
        if (callers.IsForeign(http.Request) && http.Request.BearerToken() is null)
        {
            return Problems.OriginRefused;
        }
        if (http.ListenerId() is { } signedIn && !await grains.Ask((IListenerRecordsGrain records) => records.IsErased(signedIn)))
        {
            return Signed(signedIn, tokens);
        }
        // A client with an invalid token expects to be a certain listener, so it is refused rather than made a guest.
        if (http.Request.BearerToken() is not null)
        {
            return Problems.NotSignedIn;
        }
        if (!options.Guests)
        {
            return Problems.GuestsOff;
        }
        var guest = ListenerIds.OfNewGuest(clock);
        await Authentication.SignInGuestAsync(http, guest);
        return Signed(guest, tokens);
    }

    private static async Task<IResult> SignOut(HttpContext http, Callers callers, KnownCookies known)
    {
        if (callers.IsForeign(http.Request))
        {
            return Problems.OriginRefused;
        }
        known.Forget(http.Request);
        await Authentication.SignOutAsync(http);
        await OperatorCookie.SignOutAsync(http);
        return TypedResults.NoContent();
    }

    private static JsonHttpResult<GuestBody> Signed(string listenerId, ListenerTokens tokens) => TypedResults.Json(
        new GuestBody(listenerId, ListenerNames.IsGuest(listenerId) ? tokens.Issue(listenerId) : null), ApiJson.Default.GuestBody);
}
