using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class ImpressionTallyTests
{
    [Fact]
    public async Task ViewsAreCountedExactlyOverListenersAndRestarts()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var shown = new List<long>();
        for (var listener = 0; listener < 5; listener++)
        {
            var session = await silo.OpenSessionAsync($"guest-{listener}");
            var ids = (await session.Take(3)).Ids();
            shown.AddRange(ids);
            var batch = SessionCalls.Batch(1, ids);
            await session.RecordBatch(batch);
            await session.RecordBatch(batch);
        }

        // Stopped before its tally is sure to have caught up: the next silo's must find the rest.
        await silo.RestartAsync();
        foreach (var (id, times) in shown.CountBy(id => id))
        {
            var views = await CountedTo(silo.Grains.GetGrain<IArtworkGrain>(id), times);

            Assert.Equal(times, views.ViewCount);
            Assert.NotNull(views.ViewedAt);
            Assert.True(views.LastViewedAt >= views.ViewedAt);
        }
    }

    [Fact]
    public async Task KeyFiguresAddUpToTheReports()
    {
        var clock = new ShiftedClock();
        await using var silo = await ArtFreshCluster.StartAsync(new() { ConfigureSilo = host => host.Services.AddSingleton<TimeProvider>(clock) });
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(12)).Ids();
        clock.Shift += TimeSpan.FromMinutes(1);
        var report = new DeliveryReport(8, 3, "beacon", "hidden", 2, [100, 2999, 3000, 40_000]);
        await session.RecordBatch(SessionCalls.Batch(1, ids[..8]) with { Report = report });
        await session.RecordBatch(SessionCalls.Batch(11, ids[8..10]) with { Report = report with { Transport = "fetch", Attempts = 1, DisplayMs = [] } });
        await CountedTo(silo.Grains.GetGrain<IArtworkGrain>(ids[9]), 1);

        var summary = await silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(7, "test");

        KpiFigure Figure(string name) => summary.Figures.Single(figure => figure.Name == name);
        Assert.Equal((1, 2), (Figure("batchSuccess").Numerator, Figure("batchSuccess").Denominator));
        Assert.Equal((1, 1), (Figure("beaconDelivery").Numerator, Figure("beaconDelivery").Denominator));
        Assert.Equal((0, 10), (Figure("lost").Numerator, Figure("lost").Denominator));
        // Numbers 9 and 10, and the rest of the block.
        Assert.InRange(Figure("lostAtMost").Numerator, 2, 64);
        Assert.Equal(Figure("lostAtMost").Numerator + 10, Figure("lostAtMost").Denominator);
        Assert.Equal(7, summary.Days.Length);
        Assert.True(summary.Days[^1].Observed);
        Assert.False(summary.Days[0].Observed);
        Assert.Equal(["test"], summary.Releases);
        Assert.Equal("pass", Figure("lostAtMost").Verdict);
    }

    [Fact]
    public async Task TransportsJournalAndDroppedImpressionsAreCounted()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(9)).Ids();
        (string Transport, string? Journal, int Dropped)[] reported =
        [
            ("beacon", "memory", 0), ("keepalive", "indexeddb", 0), ("later", "indexeddb", 2), ("fetch", "indexeddb", 0), ("fetch", "localstorage", 1), ("fetch", null, 0),
        ];
        foreach (var ((transport, journal, dropped), i) in reported.Select((one, i) => (one, i)))
        {
            var report = new DeliveryReport(1, 0, transport, "hidden", 1, [], dropped, journal);
            await session.RecordBatch(SessionCalls.Batch(i + 1, ids[i]) with { Report = report });
        }

        await CountedTo(silo.Grains.GetGrain<IArtworkGrain>(ids[5]), 1);

        var counters = await silo.ServicesOf(0).GetRequiredService<ILedgerFigures>().ReadCountersAsync(DateTimeOffset.UnixEpoch, "test", TestContext.Current.CancellationToken);
        long Count(string name) => counters.Where(counter => counter.Counter == name).Sum(counter => counter.Amount);
        Assert.Equal((2, 2, 3), (Count("BeaconsSent"), Count("BeaconsArrived"), Count("Dropped")));
        Assert.Equal((3, 1, 1), (Count("IndexedDbBatches"), Count("LocalStorageBatches"), Count("MemoryBatches")));
        var lost = (await silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(1, "test")).Figures.Single(figure => figure.Name == "lost");
        Assert.Equal((3, 9), (lost.Numerator, lost.Denominator));
    }

    private static Task<ArtworkViews> CountedTo(IArtworkGrain artwork, long count) =>
        Eventually.FindAsync(async () => await artwork.Describe() is { } views && views.ViewCount >= count ? views : null);
}
