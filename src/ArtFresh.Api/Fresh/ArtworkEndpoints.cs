using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>A point of the circumplex model of affect.</summary>
internal sealed record MoodBody(
    [property: Description("How pleasant, 0 to 1.")] double Valence,
    [property: Description("How lively, 0 to 1.")] double Energy);

/// <summary>An artwork on the wire.</summary>
internal record ArtworkBody(
    [property: Description("The artwork's id.")] long Id,
    [property: Description("Path of the picture.")] string ImageUrl,
    [property: Description("Text of the genome that the browser draws, or null for a picture.")] string? Genome,
    MoodBody Mood,
    [property: Description("When its id was minted, RFC 3339 UTC.")] DateTime CreatedAt,
    [property: Description("The generator: 'neural', 'import' or the model of an images API.")] string Generator,
    [property: Description("A short title.")] string Title,
    [property: Description("Its author, if known.")] string? Author,
    [property: Description("Its licence, a name or an address, if known."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Licence,
    [property: Description("Where it was found, an address or another text, if known."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source,
    [property: Description("The collection that it was imported with, if any."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Collection,
    [property: Description("How it was made, as a code of IPTC's Digital Source Type: 'algorithmicMedia' for genomes, 'trainedAlgorithmicMedia' for an images API; null if not known.")] string? DigitalSourceType,
    [property: Description("True if an images API's file has Content Credentials (C2PA), and is stored as it came."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ContentCredentials)
{
    public static ArtworkBody Of(Artwork artwork) => new(
        artwork.ArtworkId, PictureEndpoints.PathOf(artwork.ArtworkId), artwork.Genome, new MoodBody(artwork.Mood.Valence, artwork.Mood.Energy),
        artwork.CreatedAt.UtcDateTime, artwork.Generator, artwork.Title, artwork.Author,
        artwork.Credit?.Licence, artwork.Credit?.Source, artwork.Credit?.Collection, artwork.DigitalSourceType, artwork.Credit?.OriginalHash is not null);
}

/// <summary>An artwork with its views.</summary>
internal sealed record ArtworkViewsBody : ArtworkBody
{
    private ArtworkViewsBody(ArtworkBody artwork) : base(artwork)
    {
    }

    [Description("Time of its first impression by anyone, RFC 3339 UTC; null until then.")]
    public DateTime? ViewedAt { get; private init; }

    [Description("Impressions, as far as they are added up: without those of the last minute, or of the last hour with a million artworks.")]
    public long ViewCount { get; private init; }

    [Description("Time of the last impression that is added up, RFC 3339 UTC.")]
    public DateTime? LastViewedAt { get; private init; }

    [Description("'live', or 'withdrawn' where it is served, shown and drawn no more.")]
    public string State { get; private init; } = "";

    // Without its genome a page cannot draw what is withdrawn.
    public static ArtworkViewsBody Of(ArtworkViews views) => new(views.State == ArtworkState.Withdrawn ? Of(views.Artwork) with { Genome = null } : Of(views.Artwork))
    {
        State = views.State == ArtworkState.Withdrawn ? "withdrawn" : "live",
        ViewedAt = views.ViewedAt?.UtcDateTime,
        ViewCount = views.ViewCount,
        LastViewedAt = views.LastViewedAt?.UtcDateTime,
    };
}

/// <summary>Art that the listener was never served.</summary>
internal sealed record FreshBody(
    ArtworkBody[] Artworks,
    [property: Description("Artworks that the session was served and that were withdrawn since its last answer: to be taken down. Left out if there are none.")] long[]? Withdrawn);

/// <summary>Serves fresh art and describes artworks.</summary>
internal static class ArtworkEndpoints
{
    public const string FreshName = "TakeFresh";
    private const int DefaultCount = 10;

    /// <summary>Artworks that another mood counts as: a block is committed for it. Who changes it with each artwork, three a minute, takes 1,080 of the quota's 3,600 an hour.</summary>
    private const int MoveCost = 5;

    public static void MapArtworks(this IEndpointRouteBuilder api)
    {
        api.MapGet("/artworks/fresh", TakeFresh)
            .WithName(FreshName)
            .WithSummary("Serves art that the listener was never served: as many as requested, or at least one if fewer are made within 3 s.")
            .Produces<FreshBody>()
            .TakesParameter("sessionId", "string", "uuid", "The session's id, from POST /api/sessions.", required: true)
            .TakesParameter("count", "integer", "int32", "1 to 50; 10 when left out.")
            .TakesParameter("valence", "number", "double", "How pleasant the art should be, 0 to 1; 0.5 when left out.")
            .TakesParameter("energy", "number", "double", "How lively the art should be, 0 to 1; 0.5 when left out.")
            .TakesParameter("requestId", "string", null, "At most 64 characters. The same id gets the same answer again, so that a retry spends no art.")
            .TakesParameter("collection", "string", null, $"Serves art of this collection alone; repeat it for several, at most {Limits.CollectionsAskedMax}. There may be none left, or no such collection: then the answer is empty.")
            .Refuses(400, 401, 404, 409, 429, 503);
        api.MapGet("/artworks/{id}", Describe)
            .WithName("DescribeArtwork")
            .WithSummary("Describes an artwork, with its views.")
            .Produces<ArtworkViewsBody>()
            .TakesParameter("id", "integer", "int64", "The artwork's id.", required: true)
            .Refuses(401, 404, 429, 503);
    }

    public static async Task<IResult> TakeFresh(
        string? sessionId, string? count, string? valence, string? energy, string? requestId,
        string[] collection, HttpContext http, Callers callers, GrainCalls grains, ConcurrencyLimits limits, Quotas quotas, ArtworkRenderings renderings, NetworkHashes networks, FreshTimes times, Network network)
    {
        var (caller, refusal) = callers.Identify(http);
        if (refusal is not null)
        {
            return refusal;
        }
        if (Read(count, valence, energy, requestId, networks.Of(network), out var wish) is { } misread)
        {
            return misread;
        }
        if (!Guid.TryParse(sessionId, out var session))
        {
            return Problems.InvalidRequest("sessionId", "sessionId must be a UUID. POST /api/sessions returns one.", string.IsNullOrEmpty(sessionId));
        }
        if (collection.Length > Limits.CollectionsAskedMax || collection.Any(name => name is not { Length: > 0 and <= Limits.CollectionLengthMax }))
        {
            return Problems.InvalidRequest("collection", $"collection must be a name of 1 to {Limits.CollectionLengthMax} characters, at most {Limits.CollectionsAskedMax} times.");
        }
        wish = collection.Length == 0 ? wish : wish with { Collections = [.. collection] };
        var accounts = quotas.Of(http, caller.ListenerId, network);
        if (quotas.Take(Quota.ArtworksServed, accounts, wish.Count) is { } spent)
        {
            return spent;
        }
        var (unserved, began) = (wish.Count, times.Begin());
        try
        {
            using var place = await limits.Fresh.AcquireAsync(1, http.RequestAborted);
            if (!place.IsAcquired)
            {
                return Problems.Unavailable;
            }
            var taken = await grains.AskSession(caller.ListenerId, session, grain => grain.TakeFresh(wish));
            unserved = taken.Outcome is SessionOutcome.Done or SessionOutcome.Unavailable ? wish.Count - taken.Artworks.Length : 0;
            if (taken.HasMoved)
            {
                quotas.Charge(Quota.ArtworksServed, accounts, MoveCost);
            }
            return AnswerOf(taken, renderings);
        }
        finally
        {
            times.End(began);
            // Whoever waits for a server that is down must not find the quota spent when it is back.
            quotas.GiveBack(Quota.ArtworksServed, accounts, unserved);
        }
    }

    private static IResult AnswerOf(TakeFreshResult taken, ArtworkRenderings renderings) =>
        taken.Outcome switch
        {
            SessionOutcome.Done => new FreshAnswer(taken, renderings),
            SessionOutcome.SessionNotFound => Problems.SessionNotFound,
            SessionOutcome.ListenerErased => Problems.NotSignedIn,
            SessionOutcome.SessionEnded => Problems.SessionEnded,
            SessionOutcome.Joined => Problems.Joined,
            SessionOutcome.Unavailable => Problems.Unavailable,
            _ => throw GrainCalls.Unexpected("A request for fresh art", taken.Outcome),
        };

    private static async Task<IResult> Describe(string id, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (_, refusal) = callers.Identify(http);
        if (refusal is not null)
        {
            return refusal;
        }
        return ArtworkIds.TryParse(id, out var artworkId)
            && await grains.Ask((IArtworkGrain artwork) => artwork.Describe(), artworkId) is { } views
            ? TypedResults.Json(ArtworkViewsBody.Of(views), ApiJson.Default.ArtworkViewsBody)
            : Problems.ArtworkNotFound;
    }

    private static Problem? Read(string? count, string? valence, string? energy, string? requestId, NetworkHash network, out FreshRequest wish)
    {
        wish = new FreshRequest(DefaultCount, Mood.Neutral, requestId, network.Value);
        if (count is not null)
        {
            if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) || wanted is < 1 or > Limits.FreshArtworksMax)
            {
                return Problems.InvalidRequest("count", $"count must be an integer from 1 to {Limits.FreshArtworksMax}.");
            }
            wish = wish with { Count = wanted };
        }
        if (ReadCoordinate(valence) is not { } pleasant)
        {
            return Problems.InvalidRequest("valence", "valence must be a number from 0 to 1.");
        }
        if (ReadCoordinate(energy) is not { } lively)
        {
            return Problems.InvalidRequest("energy", "energy must be a number from 0 to 1.");
        }
        wish = wish with { Mood = new Mood(pleasant, lively) };
        return requestId is { Length: 0 or > Limits.RequestIdLengthMax }
            ? Problems.InvalidRequest("requestId", $"requestId must have 1 to {Limits.RequestIdLengthMax} characters.")
            : null;
    }

    private static double? ReadCoordinate(string? text)
    {
        const NumberStyles plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (text is null)
        {
            return 0.5;
        }
        return double.TryParse(text, plain, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1 ? value : null;
    }
}
