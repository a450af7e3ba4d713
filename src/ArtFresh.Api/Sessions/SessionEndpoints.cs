using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>A client's request to open a session.</summary>
internal sealed class OpenSessionBody
{
    [Description("The client's release: at most 64 letters, digits and . - _ + characters, the first a letter or digit; 'unknown' when left out.")]
    public string? Release { get; set; }
}

/// <summary>A new session.</summary>
internal sealed record SessionBody(
    [property: Description("The session's id.")] Guid SessionId,
    [property: Description("The most impressions in a batch.")] int BatchLimit,
    [property: Description("How to send impressions: 'batch' or 'single'.")] string Delivery,
    [property: Description("Signed capability for this session only, valid for 7 days; in a body it replaces the sign-in.")] string Token,
    [property: Description("Seeds for genomes that the client makes without a network; null if none are granted.")] GenomeSeedsBody? GenomeSeeds,
    [property: Description("The epoch of the server's ledger: another than before if the ledger has gone back to a copy.")] long Epoch,
    [property: Description("The last withdrawal that the session knows of: where GET /api/withdrawals begins. Left out if its silo cannot tell."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? LastWithdrawal);

/// <summary>Seeds that are granted to no other session.</summary>
internal sealed record GenomeSeedsBody(
    [property: Description("The first seed, 16 hexadecimal digits.")] string From,
    [property: Description("Number of consecutive seeds.")] int Count)
{
    public static GenomeSeedsBody? Of(GenomeSeeds? seeds) =>
        seeds is null ? null : new(seeds.From.ToString("x16", CultureInfo.InvariantCulture), seeds.Count);
}

/// <summary>A client's request to end a session.</summary>
internal sealed class EndSessionBody
{
    [Description("At most 1000 artworks that were served and never on screen. They are fresh again.")]
    public long[]? Unshown { get; set; }

    [Description("The largest number that the client has given an impression in this session, 0 for none; left out if it does not know.")]
    public long? LastNumber { get; set; }

    [Description("The session's token, in place of a sign-in.")]
    public string? Token { get; set; }

    public Problem? Check()
    {
        if (LastNumber is < 0 or > Limits.ImpressionNumberMax)
        {
            return Problems.InvalidRequest("lastNumber", $"lastNumber must be from 0 to {Limits.ImpressionNumberMax}.");
        }
        if (Unshown is { Length: > Limits.UnshownArtworksMax })
        {
            return Problems.InvalidRequest("unshown", $"unshown may have at most {Limits.UnshownArtworksMax} ids.");
        }
        var wrong = Unshown is null ? -1 : Array.FindIndex(Unshown, id => id is < 0 or > ArtworkIds.Max);
        return wrong < 0 ? null : Problems.InvalidRequest($"unshown[{wrong}]", "An artwork's id must be an integer from 0 to 2^53 - 1.");
    }
}

/// <summary>Opens and ends sessions.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/sessions", OpenSession)
            .WithName("OpenSession")
            .WithSummary("Opens a session: one sitting of the listener in one client.")
            .Produces<SessionBody>(StatusCodes.Status201Created)
            .TakesBody<OpenSessionBody>(beacons: false, optional: true)
            .Refuses(400, 401, 403, 409, 413, 415, 429, 503);
        api.MapPost("/sessions/{id}/end", EndSession)
            .WithName("EndSession")
            .WithSummary("Ends a session and gives back the art that was never shown. Its impressions are recorded even afterwards.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("id", "string", "uuid", "The session's id.", required: true)
            .TakesBody<EndSessionBody>(beacons: true, optional: true)
            .Refuses(400, 401, 403, 404, 413, 415, 429, 503);
    }

    private static async Task<IResult> OpenSession(HttpContext http, Callers callers, SessionTokens tokens, GrainCalls grains, Quotas quotas, ApiOptions options, TimeProvider clock)
    {
        var (body, unread) = await BodyRules.OpenSession.ReadAsync(http.Request, ApiJson.Default.OpenSessionBody);
        var (caller, refusal) = callers.Identify(http);
        refusal = BodyRules.FirstRefusal(unread, refusal);
        if (refusal is not null)
        {
            return refusal;
        }
        var release = body!.Release ?? ReleaseName.Unknown;
        if (!ReleaseName.IsName(release))
        {
            return Problems.InvalidRelease;
        }
        var accounts = quotas.Of(http, caller.ListenerId, Network.Of(http));
        if (quotas.Take(Quota.Sessions, accounts) is { } spent)
        {
            return spent;
        }
        var sessionId = Guid.CreateVersion7(clock.GetUtcNow());
        OpenSessionResult opened;
        var isDown = true;
        try
        {
            opened = await grains.AskSession(caller.ListenerId, sessionId, session => session.Open(release));
            isDown = opened.Outcome == SessionOutcome.Unavailable;
        }
        finally
        {
            // Whoever waits for a server that is down must not find the quota spent when it is back.
            quotas.GiveBack(Quota.Sessions, accounts, isDown ? 1 : 0);
        }
        return opened.Outcome switch
        {
            SessionOutcome.Done => TypedResults.Json(
                new SessionBody(sessionId, Limits.BatchArtworksMax, DeliveryWords.Of(options.Delivery == Delivery.Single ? Delivery.Single : opened.Delivery), tokens.Issue(caller.ListenerId, sessionId), GenomeSeedsBody.Of(opened.GenomeSeeds), opened.Epoch, opened.LastWithdrawal),
                ApiJson.Default.SessionBody, statusCode: StatusCodes.Status201Created),
            SessionOutcome.ListenerErased => Problems.NotSignedIn,
            SessionOutcome.Joined => Problems.Joined,
            SessionOutcome.Unavailable => Problems.Unavailable,
            _ => throw GrainCalls.Unexpected("Opening a session", opened.Outcome),
        };
    }

    private static async Task<IResult> EndSession(string id, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (body, unread) = await BodyRules.EndSession.ReadAsync(http.Request, ApiJson.Default.EndSessionBody);
        var (caller, refusal) = callers.Identify(http, body?.Token);
        refusal = BodyRules.FirstRefusal(unread, refusal) ?? body!.Check();
        if (refusal is not null)
        {
            return refusal;
        }
        if (!Guid.TryParse(id, out var sessionId) || !caller.MayUse(sessionId))
        {
            return Problems.SessionNotFound;
        }
        ImmutableArray<long> unshown = body!.Unshown is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(body.Unshown);
        if (body.LastNumber is { } lastNumber)
        {
            RequestContext.Set(SessionLastNumber.Key, lastNumber);
        }
        var outcome = await grains.AskSession(caller.ListenerId, sessionId, caller.BoundTo == sessionId, session => session.Finish(unshown), finished => finished);
        return outcome switch
        {
            // A client may send the end twice, by fetch and by beacon.
            SessionOutcome.Done or SessionOutcome.SessionEnded => TypedResults.NoContent(),
            SessionOutcome.SessionNotFound => Problems.SessionNotFound,
            SessionOutcome.ListenerErased => Problems.ListenerErased,
            SessionOutcome.Unavailable => Problems.Unavailable,
            _ => throw GrainCalls.Unexpected("The end of a session", outcome),
        };
    }
}
