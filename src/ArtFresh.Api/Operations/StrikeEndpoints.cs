using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>An operator's strike of claims from the figures.</summary>
internal sealed class StrikeBody : IOperatorBody
{
    [Description("The listener whose claims are struck; else network.")]
    public string? Listener { get; set; }

    [Description("Today's network by an address or its /24 (IPv4) or /48 (IPv6), or a day's network by its hash from 1 to 1024: the claims of all listeners whose batches came from it are struck.")]
    public string? Network { get; set; }

    [Description("The day (UTC) of a network's hash, yyyy-MM-dd; today when left out.")]
    public string? Day { get; set; }

    [Description("True to count the claims again.")]
    public bool Lift { get; set; }

    [Description("The reason, at most 500 characters, for the audit.")]
    public string? Reason { get; set; }
}

/// <summary>What a strike does.</summary>
internal sealed record StruckBody(
    [property: Description("Listeners whose claims are struck by it, or count again.")] int Listeners,
    [property: Description("The network's hash, with which its strike is lifted on a later day; null for a listener.")] int? Network,
    [property: Description("The day (UTC) of the network's hash; null for a listener.")] DateOnly? Day,
    [property: Description("What else it strikes, and whom it cannot; null for a listener.")] string? Note);

/// <summary>Lets operators strike the claims of a listener or network from the figures. Writes every strike to the audit.</summary>
internal static class StrikeEndpoints
{
    private static readonly Problem ReasonNamesListener = Problems.InvalidRequest("reason", "reason must not name the listener: the audit is kept after an erasure.");
    private static readonly Problem NoOne = Problems.InvalidRequest("listener", "Name a listener, or a network.");

    private static readonly Problem NoDay = Problems.InvalidRequest("day", "day must be a date: yyyy-MM-dd.");

    private static readonly Problem NoNetwork =
        Problems.InvalidRequest("network", $"network must be an address, its /24 (IPv4) or /48 (IPv6), or a hash from 1 to {Limits.NetworksMax}.");

    public static void MapStrikes(this IEndpointRouteBuilder operators) => operators.MapPost("/strikes", Strike)
        .WithName("StrikeClaims")
        .WithSummary("Strikes the claims of a listener, or of a network's listeners, from the figures, or counts them again.")
        .Produces<StruckBody>()
        .TakesBody<StrikeBody>(beacons: false, optional: false)
        .Refuses(400, 401, 403, 404, 413, 415, 429, 503);

    private static async Task<IResult> Strike(HttpContext http, Callers callers, GrainCalls grains, NetworkHashes networks, TimeProvider clock)
    {
        var (body, reason, refusal) = await OperatorActs.ReadAsync(http, callers, ApiJson.Default.StrikeBody);
        if (refusal is not null)
        {
            return refusal;
        }
        var (strike, misread) = await ReadAsync(body!, networks, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        if (misread is not null)
        {
            return misread;
        }
        if (strike.ListenerId is { } listenerId && ListenerIds.AreNamedIn(reason, listenerId))
        {
            return ReasonNamesListener;
        }
        var struck = await grains.Ask((IReleaseWatchGrain watch) => watch.Strike(strike, OperatorActs.ActorOf(http), reason));
        // A network of today may be struck before it has sent anything, and counted again.
        return struck == 0 && (strike.ListenerId is not null || (strike.KeyMadeAt is null && !strike.IsLifted))
            ? NobodyStruck(strike)
            : TypedResults.Json(
                strike.ListenerId is null ? new StruckBody(struck, strike.Network, strike.Day, NoteOf(strike)) : new StruckBody(struck, null, null, null), ApiJson.Default.StruckBody);
    }

    private static Problem NobodyStruck(ClaimStrike strike) => new(StatusCodes.Status404NotFound, "nobody_struck", (strike.ListenerId, strike.IsLifted) switch
    {
        (_, true) => "Nothing is changed: this listener is not struck. The audit shows the strikes that were made.",
        (null, false) => "Nobody is struck: no batch of that day that is still held came from this hash. For listeners who come later today, name the network by an address.",
        _ => "Nobody is struck: this listener has no session. Nobody of this id has opened one, or they are erased: what they claimed before is in the sums, and nothing tells it apart.",
    });

    private static string NoteOf(ClaimStrike strike) => strike.IsLifted
        ? "Listeners erased since they were struck stay so."
        : (strike.KeyMadeAt is { } made
            ? $"Struck are listeners whose batches have come from it since {made.UtcDateTime:HH:mm}Z, when the hash's key was made, and those who send one later, until midnight (UTC) or a restart makes another key. "
            : "Struck are listeners whose batches came from it. Those who come later today count: to strike them too, name the network by an address. ")
            + $"Of {Limits.NetworksMax} other networks about one has the same hash, and is struck with it. Listeners who are erased already keep counting.";

    private static async Task<(ClaimStrike Strike, Problem? Misread)> ReadAsync(StrikeBody body, NetworkHashes networks, DateOnly today)
    {
        var strike = new ClaimStrike(body.Listener, 0, today, body.Lift);
        if (body.Listener is null == body.Network is null || body.Listener is { Length: 0 or > Limits.ListenerIdLengthMax })
        {
            return (strike, NoOne);
        }
        if (body.Day is not null && !DateOnly.TryParseExact(body.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out today))
        {
            return (strike, NoDay);
        }
        if (body.Network is not { } network)
        {
            return (strike, null);
        }
        if (int.TryParse(network, NumberStyles.None, CultureInfo.InvariantCulture, out var hash))
        {
            return (strike with { Network = hash, Day = today }, hash is < 1 or > Limits.NetworksMax ? NoNetwork : null);
        }
        if (AddressOf(network) is not { } address || body.Day is not null)
        {
            return (strike, NoNetwork);
        }
        var known = await networks.OfTodayAsync(Network.Of(address));
        return (strike with { Network = known.Hash.Voice, Day = known.Key.Day, KeyMadeAt = known.Key.MadeAt }, null);
    }

    private static IPAddress? AddressOf(string text) =>
        IPAddress.TryParse(text, out var address) ? address
        : IPNetwork.TryParse(text, out var network) && network.PrefixLength == (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 24 : 48) ? network.BaseAddress
        : null;
}
