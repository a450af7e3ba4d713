using System.ComponentModel;
using System.Globalization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>A point of the circumplex model of affect.</summary>
internal sealed record MoodBody(
    [property: Description("How pleasant, 0 to 1.")] double Valence,
    [property: Description("How lively, 0 to 1.")] double Energy);

/// <summary>What a client needs to show an artwork.</summary>
internal record ArtworkBody(
    [property: Description("The artwork's id.")] long Id,
    [property: Description("Path of the picture.")] string ImageUrl,
    [property: Description("Text of the genome that the browser draws from, or null for a picture.")] string? Genome,
    MoodBody Mood,
    [property: Description("When it was made, RFC 3339 UTC.")] DateTime CreatedAt,
    [property: Description("Who made it: 'neural', 'import' or the model of an images API.")] string Generator,
    [property: Description("A short title.")] string Title,
    [property: Description("Its author, if known.")] string? Author)
{
    public static ArtworkBody Of(Artwork artwork) => new(
        artwork.ArtworkId, PictureEndpoints.PathOf(artwork.ArtworkId), artwork.Genome, new MoodBody(artwork.Mood.Valence, artwork.Mood.Energy),
        artwork.CreatedAt.UtcDateTime, artwork.Generator, artwork.Title, artwork.Author);
}

/// <summary>An artwork and who has seen it.</summary>
internal sealed record ArtworkViewsBody : ArtworkBody
{
    private ArtworkViewsBody(ArtworkBody artwork) : base(artwork)
    {
    }

    [Description("Time of its first impression by anyone, RFC 3339 UTC; null until then.")]
    public DateTime? ViewedAt { get; private init; }

    [Description("Impressions that have been added up so far.")]
    public long ViewCount { get; private init; }

    [Description("Time of the last impression that has been added up, RFC 3339 UTC.")]
    public DateTime? LastViewedAt { get; private init; }

    public static ArtworkViewsBody Of(ArtworkViews views) => new(Of(views.Artwork))
    {
        ViewedAt = views.ViewedAt?.UtcDateTime,
        ViewCount = views.ViewCount,
        LastViewedAt = views.LastViewedAt?.UtcDateTime,
    };
}

/// <summary>Art that the listener never had.</summary>
internal sealed record FreshBody(ArtworkBody[] Artworks);

/// <summary>Serves fresh art and describes artworks.</summary>
internal static class ArtworkEndpoints
{
    public const string FreshName = "TakeFresh";
    private const int DefaultCount = 10;

    public static void MapArtworks(this IEndpointRouteBuilder api)
    {
        api.MapGet("/artworks/fresh", TakeFresh)
            .WithName(FreshName)
            .WithSummary("Hands out art that the listener never had: as much as asked for, or at least one where less is made within 3 s.")
            .Produces<FreshBody>()
            .TakesParameter("sessionId", "string", "uuid", "The session that POST /api/sessions gave.", required: true)
            .TakesParameter("count", "integer", "int32", "1 to 50; 10 when left out.")
            .TakesParameter("valence", "number", "double", "How pleasant the art should be, 0 to 1; 0.5 when left out.")
            .TakesParameter("energy", "number", "double", "How lively the art should be, 0 to 1; 0.5 when left out.")
            .TakesParameter("requestId", "string", null, "At most 64 characters: the same id gets the same answer again, so a retry spends no art.")
            .Refuses(400, 401, 404, 409, 429, 503);
        api.MapGet("/artworks/{id}", Describe)
            .WithName("DescribeArtwork")
            .WithSummary("An artwork, when it was first viewed, and how often.")
            .Produces<ArtworkViewsBody>()
            .TakesParameter("id", "integer", "int64", "The artwork.", required: true)
            .Refuses(401, 404, 429, 503);
    }

    public static async Task<IResult> TakeFresh(
        string? sessionId, string? count, string? valence, string? energy, string? requestId,
        HttpContext http, Callers callers, GrainCalls grains, ConcurrencyLimits limits, Quotas quotas, ArtworkRenderings renderings)
    {
        var (caller, refusal) = callers.Identify(http);
        if (refusal is not null)
        {
            return refusal;
        }
        var network = Network.Of(http);
        if (Read(count, valence, energy, requestId, network, out var wish) is { } misread)
        {
            return misread;
        }
        if (!Guid.TryParse(sessionId, out var session))
        {
            return Problems.InvalidRequest("sessionId", "sessionId must be a UUID: POST /api/sessions gives one.");
        }
        if (quotas.Take(Quota.ArtworksServed, caller.ListenerId, network, wish.Count) is { } spent)
        {
            return spent;
        }
        using var place = await limits.Fresh.AcquireAsync(1, http.RequestAborted);
        if (!place.IsAcquired)
        {
            return Problems.Unavailable;
        }
        var taken = await grains.AskSession(caller.ListenerId, session, grain => grain.TakeFresh(wish));
        return taken.Outcome switch
        {
            SessionOutcome.Done => new FreshAnswer(taken.Artworks, renderings),
            SessionOutcome.SessionNotFound => Problems.SessionNotFound,
            SessionOutcome.SessionEnded => Problems.SessionEnded,
            SessionOutcome.Unavailable => Problems.Unavailable,
            _ => throw new InvalidOperationException($"A request for fresh art cannot end as {taken.Outcome}."),
        };
    }

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

    private static Problem? Read(string? count, string? valence, string? energy, string? requestId, Network network, out FreshRequest wish)
    {
        wish = new FreshRequest(DefaultCount, Mood.Neutral, requestId, network.Prefix);
        if (count is not null)
        {
            if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) || wanted is < 1 or > Limits.FreshArtworksMax)
            {
                return Problems.InvalidRequest("count", $"count is an integer from 1 to {Limits.FreshArtworksMax}.");
            }
            wish = wish with { Count = wanted };
        }
        if (ReadCoordinate(valence) is not { } pleasant)
        {
            return Problems.InvalidRequest("valence", "valence is a number from 0 to 1.");
        }
        if (ReadCoordinate(energy) is not { } lively)
        {
            return Problems.InvalidRequest("energy", "energy is a number from 0 to 1.");
        }
        wish = wish with { Mood = new Mood(pleasant, lively) };
        return requestId is { Length: 0 or > Limits.RequestIdLengthMax }
            ? Problems.InvalidRequest("requestId", $"requestId has 1 to {Limits.RequestIdLengthMax} characters.")
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
