using System.Globalization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>How a request arrived.</summary>
/// <param name="Address">The caller's address, by the trusted proxies' headers.</param>
/// <param name="Advice">The setting to change; null if none.</param>
internal sealed record ArrivalBody(string? Address, string Scheme, string? Host, string? Advice);

/// <summary>Shows operators the figures of the ledger.</summary>
internal static class OperationEndpoints
{
    public const int DefaultDays = 7;

    public static void MapOperations(this IEndpointRouteBuilder api)
    {
        var operators = api.MapGroup("/ops").RequireOperator();
        operators.MapGet("/legacy", CountLegacy)
            .WithName("CountLegacy")
            .WithSummary("Reads the whole ledger for violations. The first two figures must be 0.")
            .Produces<LegacyCounts>()
            .Refuses(401, 403, 429, 503);
        operators.MapGet("/kpis", SummarizeKpis)
            .WithName("SummarizeKpis")
            .WithSummary("The key figures of the last days including today, together and by day.")
            .Produces<KpiSummary>()
            .TakesParameter("days", "integer", "int32", $"1 to {Limits.KpiDaysMax}; {DefaultDays} when left out.")
            .TakesParameter("release", "string", null, "Only this release; all releases when left out.")
            .Refuses(400, 401, 403, 429, 503);
        operators.MapGet("/cluster", DescribeCluster)
            .WithName("DescribeCluster")
            .WithSummary("The cluster's silos, including dead ones that are still in the membership, and its schema.")
            .Produces<ClusterState>()
            .Refuses(401, 403, 429, 503);
        operators.MapGet("/sessions/{id}", DescribeSession)
            .WithName("DescribeSession")
            .WithSummary("A session in the ledger.")
            .Produces<SessionState>()
            .TakesParameter("id", "string", "uuid", "The session's id.", required: true)
            .TakesParameter("listener", "string", null, "The session's listener.", required: true)
            .Refuses(400, 401, 403, 404, 429, 503);
        operators.MapGet("/request", DescribeRequest)
            .WithName("DescribeRequest")
            .WithSummary("How this request arrived through the proxies: the caller's address, scheme and host, and the setting to change if a proxy is not configured.")
            .Produces<ArrivalBody>()
            .Refuses(401, 403, 429);
        operators.MapReleases();
        operators.MapStrikes();
        operators.MapWithdrawals();
        operators.MapHeld();
        operators.MapLiveFigures();
        operators.MapPulse();
    }

    private static JsonHttpResult<ArrivalBody> DescribeRequest(HttpContext http, Proxies proxies) => TypedResults.Json(
        new ArrivalBody(http.Connection.RemoteIpAddress?.ToString(), http.Request.Scheme, http.Request.Host.Value, proxies.AdviceOn(http)), ApiJson.Default.ArrivalBody);

    private static async Task<IResult> CountLegacy(GrainCalls grains) =>
        TypedResults.Json(await grains.Ask((ILedgerQueryGrain queries) => queries.CountLegacy()), ApiJson.Default.LegacyCounts);

    private static async Task<IResult> DescribeCluster(GrainCalls grains) =>
        TypedResults.Json(await grains.Ask((ILedgerQueryGrain queries) => queries.DescribeCluster()), ApiJson.Default.ClusterState);

    private static async Task<IResult> DescribeSession(string id, string? listener, GrainCalls grains)
    {
        if (string.IsNullOrEmpty(listener))
        {
            return Problems.InvalidRequest("listener", "listener is missing. Send the id of the session's listener.");
        }
        return Guid.TryParse(id, out var sessionId) && await grains.Ask((ILedgerQueryGrain queries) => queries.DescribeSession(listener, sessionId)) is { } session
            ? TypedResults.Json(session, ApiJson.Default.SessionState)
            : Problems.SessionNotFound;
    }

    private static async Task<IResult> SummarizeKpis(string? days, string? release, GrainCalls grains) =>
        Read(days, release, out var count)
        ?? (IResult)TypedResults.Json(await grains.Ask((ILedgerQueryGrain queries) => queries.SummarizeKpis(count, release)), ApiJson.Default.KpiSummary);

    /// <summary>Parses the query; returns the refusal, or null.</summary>
    public static Problem? Read(string? days, string? release, out int count)
    {
        count = DefaultDays;
        if (days is not null && (!int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > Limits.KpiDaysMax))
        {
            return Problems.InvalidRequest("days", $"days must be an integer from 1 to {Limits.KpiDaysMax}.");
        }
        return release is not null && !ReleaseName.IsName(release)
            ? Problems.InvalidRelease
            : null;
    }
}
