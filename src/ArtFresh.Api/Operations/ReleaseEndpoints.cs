using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>How a release is to deliver from now on.</summary>
internal sealed class SwitchDeliveryBody
{
    [Description("'batch' or 'single'.")]
    public string? Delivery { get; set; }

    [Description("Why, in at most 500 characters: it stands in the audit.")]
    public string? Reason { get; set; }
}

/// <summary>Why an operator vouches for a release.</summary>
internal sealed class KnowReleaseBody
{
    [Description("Why, in at most 500 characters: it stands in the audit.")]
    public string? Reason { get; set; }
}

/// <summary>Shows operators the releases and lets them switch how one delivers; every switch is written down.</summary>
internal static class ReleaseEndpoints
{
    private const int AuditRowsDefault = 100;

    private static readonly Problem NoReason = Problems.InvalidRequest("reason", $"Say why, in 1 to {Limits.ReasonLengthMax} characters: the audit keeps it.");

    public static void MapReleases(this IEndpointRouteBuilder operators)
    {
        operators.MapGet("/releases", ShowReleases)
            .WithName("ShowReleases")
            .WithSummary("How each release stands against its triggers, the latest first.")
            .Produces<ImmutableArray<ReleaseHealth>>()
            .Refuses(401, 403, 429, 503);
        operators.MapPost("/releases/{release}/delivery", SwitchDelivery)
            .WithName("SwitchDelivery")
            .WithSummary("Has a release's clients deliver in batches or one by one from now on, and judges it anew.")
            .Produces<ReleaseHealth>()
            .TakesParameter("release", "string", null, "The release.", required: true)
            .TakesBody<SwitchDeliveryBody>(beacons: false, optional: false)
            .Refuses(400, 401, 403, 413, 415, 429, 503);
        operators.MapPut("/releases/{release}", KnowRelease)
            .WithName("KnowRelease")
            .WithSummary("Vouches for a release: it has figures of its own, before a quorum of networks uses it.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("release", "string", null, "The release.", required: true)
            .TakesBody<KnowReleaseBody>(beacons: false, optional: false)
            .Refuses(400, 401, 403, 413, 415, 429, 503);
        operators.MapGet("/audit", ReadAudit)
            .WithName("ReadAudit")
            .WithSummary("What operators and triggers did, the latest first.")
            .Produces<ImmutableArray<AuditEntry>>()
            .TakesParameter("count", "integer", "int32", $"1 to {Limits.AuditRowsMax}; {AuditRowsDefault} when left out.")
            .Refuses(400, 401, 403, 429, 503);
    }

    private static async Task<IResult> ShowReleases(GrainCalls grains) =>
        TypedResults.Json(await grains.Ask((IReleaseWatchGrain watch) => watch.ShowReleases()), ApiJson.Default.ImmutableArrayReleaseHealth);

    private static async Task<IResult> KnowRelease(string release, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (body, refusal) = await ReadChangeAsync(release, http, callers, ApiJson.Default.KnowReleaseBody);
        if (refusal is not null)
        {
            return refusal;
        }
        if (body!.Reason is not { Length: > 0 and <= Limits.ReasonLengthMax } reason)
        {
            return NoReason;
        }
        await grains.Ask(async (IReleaseWatchGrain watch) =>
        {
            await watch.Know(release, ActorOf(http), reason);
            return true;
        });
        return TypedResults.NoContent();
    }

    private static async Task<IResult> SwitchDelivery(string release, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (body, refusal) = await ReadChangeAsync(release, http, callers, ApiJson.Default.SwitchDeliveryBody);
        if (refusal is not null)
        {
            return refusal;
        }
        if (body!.Delivery is not (DeliveryWords.Batch or DeliveryWords.Single))
        {
            return Problems.InvalidRequest("delivery", "delivery is 'batch' or 'single'.");
        }
        if (body.Reason is not { Length: > 0 and <= Limits.ReasonLengthMax } reason)
        {
            return NoReason;
        }
        var health = await grains.Ask((IReleaseWatchGrain watch) => watch.SwitchDelivery(release, DeliveryWords.Read(body.Delivery), ActorOf(http), reason));
        return TypedResults.Json(health, ApiJson.Default.ReleaseHealth);
    }

    /// <summary>Reads what an operator changes of a release; the refusal where it is not their own page's, or not of a release.</summary>
    private static async Task<(TBody? Body, Problem? Refusal)> ReadChangeAsync<TBody>(string release, HttpContext http, Callers callers, JsonTypeInfo<TBody> type) where TBody : class, new()
    {
        if (callers.IsForeign(http.Request))
        {
            return (null, Problems.OriginRefused);
        }
        var (body, unread) = await BodyRules.ReleaseChange.ReadAsync(http.Request, type);
        return (body, unread ?? (ReleaseName.IsName(release) ? null : Problems.InvalidRelease));
    }

    private static async Task<IResult> ReadAudit(string? count, GrainCalls grains)
    {
        var rows = AuditRowsDefault;
        if (count is not null && (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out rows) || rows is < 1 or > Limits.AuditRowsMax))
        {
            return Problems.InvalidRequest("count", $"count is an integer from 1 to {Limits.AuditRowsMax}.");
        }
        return TypedResults.Json(await grains.Ask((IReleaseWatchGrain watch) => watch.ReadAudit(rows)), ApiJson.Default.ImmutableArrayAuditEntry);
    }

    /// <summary>Who it was, as far as the sign-in tells: a JWT's subject, or else the address that sent the key.</summary>
    private static string ActorOf(HttpContext http) =>
        http.IsOperator() && http.ListenerId() is { } subject ? subject : $"operator at {http.Connection.RemoteIpAddress}";
}
