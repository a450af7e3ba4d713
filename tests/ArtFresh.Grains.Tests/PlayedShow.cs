using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>
/// Five sessions that deliver as the browser's client does: 25 batches of ten by awaited requests and 5 by keepalive as the page hides, 300 impressions in all. A test
/// changes what becomes of a batch.
/// </summary>
internal sealed class PlayedShow(ArtFreshCluster silo)
{
    public const int Sessions = 5;
    private const int BatchesEach = 6;
    private const int BatchSize = 10;
    private const string Release = "r1";

    /// <summary>One batch as its client has it ready.</summary>
    /// <param name="Index">0 to 29 over all sessions; the sixth of each session leaves as the page hides.</param>
    public sealed record Ready(int Index, Guid SessionId, IListenerSessionGrain Session, ImpressionBatch Batch)
    {
        public bool IsLast => Index % BatchesEach == BatchesEach - 1;

        public DeliveryReport Report => Batch.Report!;

        public Ready Telling(Func<DeliveryReport, DeliveryReport> change) => this with { Batch = Batch with { Report = change(Report) } };

        public Task<RecordBatchResult> Send() => Session.RecordBatch(Batch);

        public Task<RecordBatchResult> SendAgain(string transport, int attempts, int? beacons) =>
            Telling(report => report with { Transport = transport, Attempts = attempts, Beacons = beacons, Reason = beacons is null ? report.Reason : "replay" }).Send();
    }

    /// <summary>Plays the show, and waits until all that arrived is added up.</summary>
    /// <param name="become">What becomes of a batch; null for all to arrive.</param>
    /// <param name="served">Called with each session's art before any of it is shown.</param>
    public async Task PlayAsync(Func<Ready, Task>? become = null, Action<long[]>? served = null)
    {
        for (var s = 0; s < Sessions; s++)
        {
            var sessionId = Guid.CreateVersion7();
            var session = silo.Session($"guest-{s}", sessionId);
            await session.Open(Release);
            long[] ids = [.. (await session.Take(30)).Ids(), .. (await session.Take(30)).Ids()];
            served?.Invoke(ids);
            for (var b = 0; b < BatchesEach; b++)
            {
                var isLast = b == BatchesEach - 1;
                var report = new DeliveryReport(
                    BatchSize, 0, isLast ? "keepalive" : "fetch", isLast ? "hidden" : "size", 1, [.. Enumerable.Repeat(200, BatchSize)], 0, "indexeddb", isLast ? 1 : null);
                var batch = SessionCalls.Batch((b * BatchSize) + 1, ids[(b * BatchSize)..((b + 1) * BatchSize)]) with { Report = report };
                var ready = new Ready((s * BatchesEach) + b, sessionId, session, batch);
                await (become is null ? ready.Send() : become(ready));
            }
        }

        await AddedUpAsync();
    }

    /// <summary>Waits until every row of the ledger is added up.</summary>
    public Task AddedUpAsync() => Eventually.Async(
        async () => (await silo.ServicesOf(0).GetRequiredService<IImpressionLog>().ReadUntalliedWritersAsync(TestContext.Current.CancellationToken)).Length == 0);

    public async Task<Dictionary<string, KpiFigure>> FiguresAsync() =>
        (await silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(7, Release)).Figures.ToDictionary(figure => figure.Name);
}
