using System.ComponentModel;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>The guest who joins the caller's account.</summary>
internal sealed class JoinBody
{
    [Description("The guest's listener token. Left out, it is the guest whose cookie comes along.")]
    public string? Guest { get; set; }
}

/// <summary>A guest is the caller's from now on.</summary>
internal sealed record JoinedBody(
    [property: Description("The account's listener id.")] string ListenerId,
    [property: Description("The guest's.")] string Joined);

/// <summary>Joins a guest to an account.</summary>
internal static class JoinEndpoint
{
    public static void MapJoin(this IEndpointRouteBuilder api) => api.MapPost("/listeners/join", Join)
        .WithName("JoinGuest")
        .WithSummary("Makes a guest the caller's for good: what the guest was shown is never served to the caller. The same guest may be joined any number of times.")
        .Produces<JoinedBody>()
        .TakesBody<JoinBody>(beacons: false, optional: true)
        .Refuses(400, 401, 403, 409, 410, 413, 415, 429, 503);

    private static async Task<IResult> Join(HttpContext http, Callers callers, ListenerTokens tokens, GrainCalls grains, Quotas quotas)
    {
        var (body, unread) = await BodyRules.Join.ReadAsync(http.Request, ApiJson.Default.JoinBody);
        var (caller, refusal) = callers.Identify(http);
        refusal = BodyRules.FirstRefusal(unread, refusal) ?? (ListenerNames.IsGuest(caller.ListenerId) ? Problems.AccountRequired : null);
        if (refusal is not null)
        {
            return refusal;
        }
        // The account's token does not say that the page may speak for the browser's guest.
        if (body!.Guest is null && callers.IsForeign(http.Request))
        {
            return Problems.OriginRefused;
        }
        var guest = body.Guest is null ? await Authentication.ReadGuestCookieAsync(http) : tokens.Read(body.Guest);
        if (guest is null)
        {
            return Problems.InvalidGuest;
        }
        if (quotas.Take(Quota.Sessions, quotas.Of(http, caller.ListenerId, Network.Of(http))) is { } spent)
        {
            return spent;
        }
        var outcome = await grains.AskListener(caller.ListenerId, listener => listener.Join(guest));
        return outcome switch
        {
            JoinOutcome.Joined => TypedResults.Json(new JoinedBody(caller.ListenerId, guest), ApiJson.Default.JoinedBody),
            JoinOutcome.JoinedAnother => Problems.GuestTaken,
            JoinOutcome.Erased => Problems.NotSignedIn,
            JoinOutcome.GuestErased => Problems.ListenerErased,
            JoinOutcome.Unavailable => Problems.Unavailable,
            _ => throw GrainCalls.Unexpected("A guest's joining", outcome),
        };
    }
}
