using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace ArtFresh.Api;

/// <summary>All that the page for operators shows, at one moment.</summary>
internal sealed record OperationsBody(
    KpiSummary Kpis,
    System.Collections.Immutable.ImmutableArray<ReleaseHealth> Releases,
    System.Collections.Immutable.ImmutableArray<AuditEntry> Audit);

/// <summary>Tells operators' pages the figures as they change, by server-sent events.</summary>
internal sealed class LiveFigures(GrainCalls grains, TimeProvider clock, IHostApplicationLifetime lifetime) : IDisposable
{
    /// <summary>Pages that may follow at once: operators are few, and each may ask something else of the ledger.</summary>
    public const int FollowersMax = 32;

    private const int AuditRows = 50;

    /// <summary>How often the ledger is asked.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>Without news a heartbeat goes out, so that proxies keep the connection and a page that is gone is noticed.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _places = new(FollowersMax, FollowersMax);
    private readonly Dictionary<(int Days, string? Release), (long ReadAt, Task<string> Figures)> _looks = [];

    /// <summary>The events, or null when too many follow already.</summary>
    public IAsyncEnumerable<SseItem<string>>? Follow(int days, string? release, CancellationToken cancellationToken) =>
        _places.Wait(0, CancellationToken.None) ? FollowAsync(days, release, cancellationToken) : null;

    public void Dispose() => _places.Dispose();

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(int days, string? release, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            var (told, toldAt) = ("", clock.GetTimestamp());
            while (!over.IsCancellationRequested)
            {
                var now = await LookAsync(days, release);
                if (now != told)
                {
                    (told, toldAt) = (now, clock.GetTimestamp());
                    yield return new SseItem<string>(now, "figures");
                }
                else if (clock.GetElapsedTime(toldAt) > Beat)
                {
                    toldAt = clock.GetTimestamp();
                    yield return new SseItem<string>("", "beat");
                }
                await Task.Delay(Look, clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>One look a question serves all who follow it: what the ledger is asked does not grow with their number.</summary>
    private Task<string> LookAsync(int days, string? release)
    {
        lock (_looks)
        {
            foreach (var (question, look) in _looks)
            {
                if (look.Figures.IsFaulted || clock.GetElapsedTime(look.ReadAt) >= Look)
                {
                    _looks.Remove(question);
                }
            }

            if (!_looks.TryGetValue((days, release), out var latest))
            {
                latest = (clock.GetTimestamp(), ReadAsync(days, release));
                _looks.Add((days, release), latest);
            }

            return latest.Figures;
        }
    }

    private async Task<string> ReadAsync(int days, string? release)
    {
        var body = new OperationsBody(
            await grains.Ask((ILedgerQueryGrain queries) => queries.SummarizeKpis(days, release)),
            await grains.Ask((IReleaseWatchGrain watch) => watch.ShowReleases()),
            await grains.Ask((IReleaseWatchGrain watch) => watch.ReadAudit(AuditRows)));
        return JsonSerializer.Serialize(body, ApiJson.Default.OperationsBody);
    }
}

/// <summary>Maps them.</summary>
internal static class LiveFiguresEndpoint
{
    public static void MapLiveFigures(this IEndpointRouteBuilder operators) => operators.MapGet("/live", Follow)
        .WithName("FollowFigures")
        .WithSummary("The key figures, releases and audit as server-sent events: at once, and whenever they have changed.")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .TakesParameter("days", "integer", "int32", $"1 to {Limits.KpiDaysMax}; {Operations.DefaultDays} when left out.")
        .TakesParameter("release", "string", null, "Only this release; all of them when left out.")
        .Refuses(400, 401, 403, 429, 503);

    private static IResult Follow(string? days, string? release, HttpContext http, LiveFigures figures)
    {
        if (Operations.Read(days, release, out var count) is { } misread)
        {
            return misread;
        }
        // A proxy that gathers before it passes on would hold the figures back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return figures.Follow(count, release, http.RequestAborted) is { } events ? TypedResults.ServerSentEvents(events) : Problems.Unavailable;
    }
}
