using System.Globalization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace ArtFresh.Api;

/// <summary>Serves artworks as pictures, which caches may keep for a while and then ask about: an artwork may be withdrawn.</summary>
internal static class PictureEndpoints
{
    // Part of each ETag. Raise it when the same artwork is drawn differently, so that caches read it again.
    private const int DrawingVersion = 3;

    private const int DefaultWidth = 512;

    internal static string PixelsAcross => string.Create(
        CultureInfo.InvariantCulture,
        $"Width in pixels, {Limits.PictureWidthMin} to {Limits.PictureWidthMax}; the picture has the next larger width of {string.Join(", ", Limits.PictureWidths.ToArray())}, or the last. {DefaultWidth} when left out.");

    internal static Problem InvalidWidth { get; } = Problems.InvalidRequest("width", $"width must be an integer from {Limits.PictureWidthMin} to {Limits.PictureWidthMax}.");

    public static string PathOf(long artworkId) => string.Create(CultureInfo.InvariantCulture, $"/art/{artworkId}.png");

    public static void MapPictures(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/art/{id}.png", [HttpMethods.Get, HttpMethods.Head], Draw)
        .WithName("DrawPicture")
        .WithSummary("An artwork's picture, with a tag of its content by which caches ask whether it is still the same. Needs no sign-in.")
        .TakesToken(Quota.Pictures)
        .Produces<byte[]>(StatusCodes.Status200OK, "image/webp", "image/png")
        .Produces(StatusCodes.Status304NotModified)
        .TakesParameter("id", "integer", "int64", "The artwork's id.", required: true)
        .TakesParameter("width", "integer", "int32", PixelsAcross)
        .Refuses(400, 404, 410, 429, 503);

    private static async Task<IResult> Draw(string id, string? width, HttpContext http, GrainCalls grains, ConcurrencyLimits limits, ApiOptions options, TimeProvider clock, NetworkHashes networks, SlowClients slow, Network network)
    {
        if (!TryReadWidth(width, out var pixels))
        {
            return InvalidWidth;
        }
        if (!ArtworkIds.TryParse(id, out var artworkId))
        {
            return Problems.ArtworkNotFound;
        }
        if (http.Request.Headers.IfNoneMatch.Count > 0 && await grains.Ask((IArtworkGrain artwork) => artwork.Describe(), artworkId) is { } known
            && TagOf(Picture.ContentOf(known.Artwork), pixels) is var present && Holds(new RequestHeaders(http.Request.Headers), present))
        {
            if (known.State == ArtworkState.Withdrawn)
            {
                return Problems.ArtworkWithdrawn;
            }
            MarkCached(http.Response, present, options);
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }
        using var place = await limits.Pictures.AcquireAsync(1, http.RequestAborted);
        if (!place.IsAcquired)
        {
            return Problems.Unavailable;
        }
        RequestContext.Set(CallerNetwork.Key, networks.Of(network).Value);
        RequestContext.Set(KnownOutcomes.Key, true);
        if (await grains.Ask((IArtworkGrain artwork) => artwork.DrawPicture(pixels), artworkId) is not { } picture)
        {
            return Problems.ArtworkNotFound;
        }
        if (picture.RetryAfter is { } wait)
        {
            return RefusalOf(picture.Outcome, wait, clock.GetUtcNow());
        }
        if (picture.Outcome == PictureOutcome.Withdrawn)
        {
            return Problems.ArtworkWithdrawn;
        }
        if (slow.Pictures.Begin(network, picture.Bytes.Length) is { } refusal)
        {
            return refusal;
        }
        if (picture.Content is { } content)
        {
            MarkCached(http.Response, TagOf(content, pixels), options);
        }
        return new SlicedAnswer(picture.Bytes, picture.MediaType, () => slow.Pictures.End(network, picture.Bytes.Length));
    }

    private static Problem RefusalOf(PictureOutcome outcome, TimeSpan wait, DateTimeOffset now) => outcome == PictureOutcome.Saturated
        ? Problems.Unavailable with { RetryAfter = wait }
        : Problems.QuotaSpent(outcome == PictureOutcome.Crowded ? "pictures-waiting" : "picture-pixels", "Your network has", now + wait, wait);

    private static string CachingOf(TimeSpan time) =>
        time > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"public, max-age={(long)time.TotalSeconds}, must-revalidate") : "public, no-cache";

    // Few widths, because each is drawn and cached separately: a stranger could request two thousand of them.
    internal static bool TryReadWidth(string? text, out int pixels)
    {
        pixels = DefaultWidth;
        if (text is null)
        {
            return true;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            || wanted is < Limits.PictureWidthMin or > Limits.PictureWidthMax)
        {
            return false;
        }
        pixels = Limits.PictureWidths[^1];
        foreach (var made in Limits.PictureWidths)
        {
            pixels = made >= wanted ? Math.Min(pixels, made) : pixels;
        }
        return true;
    }

    /// <summary>Made of what is drawn: an id may have been another artwork's in a ledger that was lost.</summary>
    private static EntityTagHeaderValue TagOf(string content, int pixels) => new(string.Create(CultureInfo.InvariantCulture, $"\"{content}-{pixels}-{DrawingVersion}\""));

    private static bool Holds(RequestHeaders headers, EntityTagHeaderValue tag) =>
        headers.IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any));

    private static void MarkCached(HttpResponse response, EntityTagHeaderValue tag, ApiOptions options)
    {
        response.Headers.ETag = tag.ToString();
        response.Headers.CacheControl = CachingOf(options.PicturesCachedFor);
    }
}
