using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>Artworks that a browser has shown to the listener.</summary>
internal sealed class OfferBody
{
    [Description("The epoch that an answer carried. An offer for another epoch than the ledger's adds nothing: the next answer carries the ledger's.")]
    public long Epoch { get; set; }

    [Description("Since when the browser has kept every artwork that it has shown, Unix milliseconds; in the last request of an offer, and left out in all others.")]
    public long? SinceMs { get; set; }

    [Description("At most 3,000 artworks.")]
    public long[]? ArtworkIds { get; set; }

    public Problem? Check()
    {
        if (Epoch < 1)
        {
            return Problems.InvalidRequest("epoch", "epoch must be the epoch that an answer carried, 1 or more.");
        }
        if (ArtworkIds is null or { Length: > Limits.OfferedArtworksMax })
        {
            return Problems.InvalidRequest("artworkIds", $"artworkIds must have at most {Limits.OfferedArtworksMax} ids.", ArtworkIds is null);
        }
        if (SinceMs is < 0 or > Api.ArtworkIds.Max)
        {
            return Problems.InvalidRequest("sinceMs", "sinceMs must be milliseconds since the Unix epoch.");
        }
        var wrong = Array.FindIndex(ArtworkIds, id => id is < 0 or > Api.ArtworkIds.Max);
        return wrong < 0 ? null : Problems.InvalidRequest($"artworkIds[{wrong}]", "An artwork's id must be an integer from 0 to 2^53 - 1.");
    }

    /// <summary>Without a time, the offer covers nothing but its artworks.</summary>
    public OfferedArtworks ToOffer() => new(
        Epoch,
        SinceMs is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(since, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) : DateTimeOffset.MaxValue,
        ImmutableCollectionsMarshal.AsImmutableArray(ArtworkIds!));
}

/// <summary>What became of an offer.</summary>
internal sealed record OfferedBody(
    [property: Description("Artworks that the listener's log did not have. They are never fresh again.")] int Added,
    [property: Description("Ids without an artwork: the ledger has lost them.")] ImmutableArray<long> Unknown);

/// <summary>Takes from browsers what the ledger has lost.</summary>
internal static class OfferEndpoint
{
    /// <summary>Such an offer takes as long as a change of what is kept.</summary>
    private const int ArtworksOfToken = 300;

    public static void MapOffer(this IEndpointRouteBuilder api) => api
        .MapPost("/listeners/me/shown", Offer)
        .WithName("OfferShown")
        .WithSummary("Offers what this browser has shown to the listener, after an answer carried a new epoch: the ledger has gone back to a copy.")
        .Produces<OfferedBody>()
        .TakesBody<OfferBody>(beacons: false, optional: false)
        .Refuses(400, 401, 403, 413, 415, 429, 503);

    private static async Task<IResult> Offer(HttpContext http, Callers callers, GrainCalls grains, Quotas quotas)
    {
        var (body, unread) = await BodyRules.Offer.ReadAsync(http.Request, ApiJson.Default.OfferBody);
        var (caller, refusal) = callers.Identify(http);
        refusal = BodyRules.FirstRefusal(unread, refusal) ?? body!.Check();
        if (refusal is not null)
        {
            return refusal;
        }
        var accounts = quotas.Of(http, caller.ListenerId, Network.Of(http));
        if (quotas.RefuseIndebted(Quota.BareWrites, accounts) is { } spent)
        {
            return spent;
        }
        quotas.Charge(Quota.BareWrites, accounts, 1 + (body!.ArtworkIds!.Length / ArtworksOfToken));
        // The ledger refuses each row of an erased listener, and the client would repeat the offer for good.
        if (await grains.Ask((IListenerRecordsGrain records) => records.IsErased(caller.ListenerId)))
        {
            return Problems.NotSignedIn;
        }
        var result = await grains.AskListener(caller.ListenerId, listener => listener.Offer(body!.ToOffer()));
        return result.Outcome == SessionOutcome.Done
            ? TypedResults.Json(new OfferedBody(result.Added, result.Unknown), ApiJson.Default.OfferedBody)
            : Problems.Unavailable;
    }
}
