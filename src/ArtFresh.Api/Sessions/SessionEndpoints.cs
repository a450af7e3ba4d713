using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>What a client says of itself when it opens a session.</summary>
internal sealed class OpenSessionBody
{
    [Description("The client's release: at most 64 letters, digits and . - _ + characters, the first a letter or digit. Left out, it counts as 'unknown'.")]
    public string? Release { get; set; }
}

/// <summary>A new session.</summary>
internal sealed record SessionBody(
    [property: Description("Names the session in later requests.")] Guid SessionId,
    [property: Description("Impressions that one batch may hold.")] int BatchLimit,
    [property: Description("How impressions are to leave: 'batch' or 'single'.")] string Delivery,
    [property: Description("Signed capability for this session alone, good for 30 days; in a body it stands in for the sign-in.")] string Token,
    [property: Description("Seeds for genomes that the client makes without a network; null where none are granted.")] GenomeSeedsBody? GenomeSeeds);

/// <summary>Seeds that no other session is ever granted.</summary>
internal sealed record GenomeSeedsBody(
    [property: Description("The first seed, 16 hexadecimal digits.")] string From,
    [property: Description("How many follow each other from there.")] int Count)
{
    public static GenomeSeedsBody? Of(GenomeSeeds? seeds) =>
        seeds is null ? null : new(seeds.From.ToString("x16", CultureInfo.InvariantCulture), seeds.Count);
}

/// <summary>What a client says at the end of a session.</summary>
internal sealed class EndSessionBody
{
    [Description("Artworks that were served and never on screen, at most 1000: they are fresh again.")]
    public long[]? Unshown { get; set; }

    [Description("The session's token; stands in for the sign-in.")]
    public string? Token { get; set; }

    public Problem? Check()
    {
        if (Unshown is { Length: > Limits.UnshownArtworksMax })
        {
            return Problems.InvalidRequest("unshown", $"unshown holds at most {Limits.UnshownArtworksMax} ids.");
        }
        var wrong = Unshown is null ? -1 : Array.FindIndex(Unshown, id => id is < 0 or > ArtworkIds.Max);
        return wrong < 0 ? null : Problems.InvalidRequest($"unshown[{wrong}]", "An artwork's id is an integer from 0 to 2^53 - 1.");
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
            .Refuses(400, 401, 403, 413, 415, 429, 503);
        api.MapPost("/sessions/{id}/end", EndSession)
            .WithName("EndSession")
            .WithSummary("Ends a session and gives back the art that was never shown. Impressions are still taken after it.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("id", "string", "uuid", "The session.", required: true)
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
        if (quotas.Take(Quota.Sessions, caller.ListenerId, Network.Of(http)) is { } spent)
        {
            return spent;
        }
        var sessionId = Guid.CreateVersion7(clock.GetUtcNow());
        var opened = await grains.AskSession(caller.ListenerId, sessionId, session => session.Open(release));
        return opened.Outcome switch
        {
            SessionOutcome.Done => TypedResults.Json(
                new SessionBody(sessionId, Limits.BatchArtworksMax, DeliveryWords.Of(options.Delivery == Delivery.Single ? Delivery.Single : opened.Delivery), tokens.Issue(caller.ListenerId, sessionId), GenomeSeedsBody.Of(opened.GenomeSeeds)),
                ApiJson.Default.SessionBody, statusCode: StatusCodes.Status201Created),
            SessionOutcome.Unavailable => Problems.Unavailable,
            _ => throw new InvalidOperationException($"Opening a session cannot end as {opened.Outcome}."),
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
        var outcome = await grains.AskSession(caller.ListenerId, sessionId, session => session.Finish(unshown));
        return outcome switch
        {
            // Ending twice, as a beacon beside its own fetch does, is the same end.
            SessionOutcome.Done or SessionOutcome.SessionEnded => TypedResults.NoContent(),
            SessionOutcome.SessionNotFound => Problems.SessionNotFound,
            SessionOutcome.Unavailable => Problems.Unavailable,
            _ => throw new InvalidOperationException($"The end of a session cannot end as {outcome}."),
        };
    }
}
