using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace ArtFresh.Api;

/// <summary>Everything that the operators' page shows, read at one moment.</summary>
internal sealed record OperationsBody(
    KpiSummary Kpis,
    System.Collections.Immutable.ImmutableArray<ReleaseHealth> Releases,
    System.Collections.Immutable.ImmutableArray<AuditEntry> Audit);

/// <summary>Sends figures to operators' pages as they change, as server-sent events.</summary>
internal sealed class LiveFigures(GrainCalls grains, TimeProvider clock, IHostApplicationLifetime lifetime) : IDisposable
{
    /// <summary>The most followers at once. Each may want figures that the ledger must read for it alone.</summary>
    public const int FollowersMax = 32;

    private const int AuditRows = 50;

    /// <summary>How often figures are read from the ledger.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a heartbeat is sent: proxies keep the connection, and a closed page is noticed.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _places = new(FollowersMax, FollowersMax);
    private readonly Dictionary<(int Days, string? Release), (long ReadAt, Task<string> Figures)> _reads = [];

    /// <summary>The events, or null when there are <see cref="FollowersMax"/> followers already.</summary>
    public IAsyncEnumerable<SseItem<string>>? Follow(int days, string? release, CancellationToken cancellationToken) =>
        _places.Wait(0, CancellationToken.None) ? FollowAsync(days, release, cancellationToken) : null;

    public void Dispose() => _places.Dispose();

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(int days, string? release, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            var (sent, sentAt) = ("", clock.GetTimestamp());
            while (!over.IsCancellationRequested)
            {
                var figures = await ReadSharedAsync(days, release);
                if (figures != sent)
                {
                    (sent, sentAt) = (figures, clock.GetTimestamp());
                    yield return new SseItem<string>(figures, "figures");
                }
                else if (clock.GetElapsedTime(sentAt) > Beat)
                {
                    sentAt = clock.GetTimestamp();
                    yield return new SseItem<string>("", "beat");
                }
                await Task.Delay(Interval, clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Followers of the same figures share one read, so that the ledger's load does not grow with their number.</summary>
    private Task<string> ReadSharedAsync(int days, string? release)
    {
        lock (_reads)
        {
            foreach (var (question, read) in _reads)
            {
                if (read.Figures.IsFaulted || clock.GetElapsedTime(read.ReadAt) >= Interval)
                {
                    _reads.Remove(question);
                }
            }

            if (!_reads.TryGetValue((days, release), out var latest))
            {
                latest = (clock.GetTimestamp(), ReadAsync(days, release));
                _reads.Add((days, release), latest);
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

/// <summary>The endpoint of the live figures.</summary>
internal static class LiveFiguresEndpoint
{
    /// <summary>A stream without an end, which HEAD would wait for.</summary>
    public const string Path = "/api/ops/live";

    public static void MapLiveFigures(this IEndpointRouteBuilder operators) => operators.MapGet("/live", Follow)
        .WithName("FollowFigures")
        .WithSummary("The key figures, releases and audit as server-sent events: at once, and whenever they change.")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .TakesParameter("days", "integer", "int32", $"1 to {Limits.KpiDaysMax}; {OperationEndpoints.DefaultDays} when left out.")
        .TakesParameter("release", "string", null, "Only this release; all releases when left out.")
        .Refuses(400, 401, 403, 429, 503);

    private static IResult Follow(string? days, string? release, HttpContext http, LiveFigures figures)
    {
        if (OperationEndpoints.Read(days, release, out var count) is { } misread)
        {
            return misread;
        }
        // A proxy that buffers responses would hold the figures back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return figures.Follow(count, release, http.RequestAborted) is { } events ? TypedResults.ServerSentEvents(events) : Problems.Unavailable;
    }
}
