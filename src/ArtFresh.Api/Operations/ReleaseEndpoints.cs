using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>An operator's switch of a release's delivery.</summary>
internal sealed class SwitchDeliveryBody
{
    [Description("'batch' or 'single'.")]
    public string? Delivery { get; set; }

    [Description("The reason, at most 500 characters, for the audit.")]
    public string? Reason { get; set; }
}

/// <summary>An operator's reason to make a release known.</summary>
internal sealed class KnowReleaseBody
{
    [Description("The reason, at most 500 characters, for the audit.")]
    public string? Reason { get; set; }
}

/// <summary>Shows operators the releases, and switches their delivery. Writes every switch to the audit.</summary>
internal static class ReleaseEndpoints
{
    private const int AuditRowsDefault = 100;

    private static readonly Problem OtherIsNone =
        Problems.InvalidRequest("release", $"'{ReleaseName.Other}' is no release: all that are not known are counted under it. Name one by the text that its clients send.");

    public static void MapReleases(this IEndpointRouteBuilder operators)
    {
        operators.MapGet("/releases", ShowReleases)
            .WithName("ShowReleases")
            .WithSummary("Each release with its triggers, the latest first.")
            .Produces<ImmutableArray<ReleaseHealth>>()
            .Refuses(401, 403, 429, 503);
        operators.MapPost("/releases/{release}/delivery", SwitchDelivery)
            .WithName("SwitchDelivery")
            .WithSummary("Switches a release's clients to batch or single delivery, and judges the release anew.")
            .Produces<ReleaseHealth>()
            .TakesParameter("release", "string", null, "The release's name.", required: true)
            .TakesBody<SwitchDeliveryBody>(beacons: false, optional: false)
            .Refuses(400, 401, 403, 413, 415, 429, 503);
        operators.MapPut("/releases/{release}", KnowRelease)
            .WithName("KnowRelease")
            .WithSummary("Makes a release known: it has figures of its own, before a quorum of networks uses it.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("release", "string", null, "The release's name.", required: true)
            .TakesBody<KnowReleaseBody>(beacons: false, optional: false)
            .Refuses(400, 401, 403, 413, 415, 429, 503);
        operators.MapGet("/audit", ReadAudit)
            .WithName("ReadAudit")
            .WithSummary("Actions of operators and the release watch, the latest first.")
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
        if (!OperatorActs.IsReason(body!.Reason, out var reason))
        {
            return OperatorActs.NoReason(body.Reason);
        }
        await grains.Ask(async (IReleaseWatchGrain watch) =>
        {
            await watch.Know(release, OperatorActs.ActorOf(http), reason);
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
            return Problems.InvalidRequest("delivery", "delivery must be 'batch' or 'single'.", body.Delivery is null);
        }
        if (!OperatorActs.IsReason(body.Reason, out var reason))
        {
            return OperatorActs.NoReason(body.Reason);
        }
        var health = await grains.Ask((IReleaseWatchGrain watch) => watch.SwitchDelivery(release, DeliveryWords.Read(body.Delivery), OperatorActs.ActorOf(http), reason));
        return TypedResults.Json(health, ApiJson.Default.ReleaseHealth);
    }

    /// <summary>Reads an operator's change of a release. Refuses requests from other sites' pages, and invalid release names.</summary>
    private static async Task<(TBody? Body, Problem? Refusal)> ReadChangeAsync<TBody>(string release, HttpContext http, Callers callers, JsonTypeInfo<TBody> type) where TBody : class, new()
    {
        var (body, refusal) = await OperatorActs.ReadBodyAsync(http, callers, type);
        return (body, refusal ?? (ReleaseName.IsOne(release) ? null : release == ReleaseName.Other ? OtherIsNone : Problems.InvalidRelease));
    }

    private static async Task<IResult> ReadAudit(string? count, GrainCalls grains)
    {
        var rows = AuditRowsDefault;
        if (count is not null && (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out rows) || rows is < 1 or > Limits.AuditRowsMax))
        {
            return Problems.InvalidRequest("count", $"count must be an integer from 1 to {Limits.AuditRowsMax}.");
        }
        return TypedResults.Json(await grains.Ask((IReleaseWatchGrain watch) => watch.ReadAudit(rows)), ApiJson.Default.ImmutableArrayAuditEntry);
    }
}
