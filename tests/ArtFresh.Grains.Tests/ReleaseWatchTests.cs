using System.Collections.Concurrent;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class ReleaseWatchTests
{
    /// <summary>The quorum.</summary>
    private const int Networks = 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FailureIsRecordedOnceTakesItsActionAndSurvivesARestart()
    {
        var noted = new NotedNews();
        await using var silo = await StartAsync(WatchAction.Single, noted);
        var session = await silo.OpenSessionAsync("guest-a", "r1");
        await PostAsync(silo, session, batches: 50, attempts: 2);
        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);

        await watch.Judge();
        await watch.Judge();
        await Eventually.Async(async () =>
        {
            await watch.Judge();
            return (await silo.ServicesOf(0).GetRequiredService<IReleaseLedger>().ReadNoticesAsync(DateTimeOffset.MaxValue, 1, Stop)).Count == 0;
        });

        var health = Assert.Single(await watch.ShowReleases());
        Assert.Equal(("r1", "fail", "single", "delivery: single"), (health.Release, health.Verdict, health.Delivery, health.Action));
        Assert.Contains("\"name\":\"batchSuccess\",\"verdict\":\"fail\",\"value\":0.5,\"threshold\":0.9,\"samples\":100", health.Evidence, StringComparison.Ordinal);
        Assert.Equal(["fail", "switch-delivery", "act"], (await watch.ReadAudit(100)).Reverse().Select(row => row.What).Where(what => what is not ("alert" or "webhook")));
        Assert.Equal(["batchSuccess"], Assert.Single(noted.All, news => news.What == "fail").Triggers);
        await RefusesBatchesAsync(session);
        Assert.Equal(Delivery.Single, (await silo.Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of("guest-b", Guid.CreateVersion7())).Open("r1")).Delivery);
        Assert.Equal(Delivery.Batch, (await silo.Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of("guest-b", Guid.CreateVersion7())).Open("r2")).Delivery);

        await silo.RestartAsync();
        watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await watch.Judge();
        var after = (await watch.ShowReleases()).Single(release => release.Release == "r1");
        Assert.Equal((health.FailedAt, "fail", "single"), (after.FailedAt, after.Verdict, after.Delivery));
        Assert.Single(await watch.ReadAudit(100), row => row.What == "fail");
        await RefusesBatchesAsync(silo.Session("guest-a", SessionKey.Parse(session.GetPrimaryKeyString()).SessionId));
    }

    [Fact]
    public async Task OperatorsSwitchIsAuditedEndsTheFailureAndRestartsTheJudgement()
    {
        await using var silo = await StartAsync(WatchAction.Single, new NotedNews());
        var session = await silo.OpenSessionAsync("guest-a", "r1");
        await PostAsync(silo, session, batches: 50, attempts: 2);
        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await watch.Judge();
        await RefusesBatchesAsync(session);

        var health = await watch.SwitchDelivery("r1", Delivery.Batch, "ann", "the proxy is mended");

        Assert.Equal(("inconclusive", "batch"), (health.Verdict, health.Delivery));
        Assert.NotNull(health.RecoveredAt);
        AuditEntry[] rows = [.. (await watch.ReadAudit(10)).Where(row => row.Actor == "ann")];
        Assert.Equal([("recover", "ann"), ("switch-delivery", "ann"), ("know-release", "ann")], rows.Select(row => (row.What, row.Actor)));
        Assert.Equal("batch: the proxy is mended", rows[1].Detail);
        Assert.Equal(SessionOutcome.Done, (await session.Record(2000, (await session.Take(1)).Ids())).Outcome);
        await watch.Judge();
        Assert.NotEqual("fail", (await watch.ShowReleases()).Single().Verdict);
    }

    [Fact]
    public async Task TooFewBatchesAreInconclusiveAndOneArtworkServedTwiceFails()
    {
        await using var silo = await StartAsync(WatchAction.None, new NotedNews());
        var session = await silo.OpenSessionAsync("guest-a", "r1");
        await PostAsync(silo, session, batches: 20, attempts: 2);
        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await watch.Judge();
        Assert.Equal("inconclusive", (await watch.ShowReleases()).Single().Verdict);

        var shown = (await session.Take(1)).Ids();
        await session.Record(1001, shown);
        await session.Record(1002, shown);
        await Eventually.Async(async () => await CountAsync(silo, nameof(KpiCounts.Repeats)) == 1);
        await watch.Judge();
        Assert.Equal("inconclusive", (await watch.ShowReleases()).Single().Verdict);

        var (listenerId, sessionId) = SessionKey.Parse(session.GetPrimaryKeyString());
        await silo.Writer().AppendAsync(new BlockLogged(
            listenerId, 1_000, BlockKind.SetAside, sessionId, [.. shown], [], silo.ServicesOf(0).GetRequiredService<TimeProvider>().GetUtcNow(), ServedTwice: 1));
        await watch.Judge();

        var health = (await watch.ShowReleases()).Single();
        Assert.Equal(("fail", "none", "batch"), (health.Verdict, health.Action, health.Delivery));
        Assert.Equal("fail", health.Triggers.Single(trigger => trigger.Name == "servedTwice").Verdict);
    }

    [Fact]
    public async Task FailureEndsWhenItsTriggersHavePassedForAWhile()
    {
        var clock = new ShiftedClock();
        await using var silo = await StartAsync(WatchAction.None, new NotedNews(), clock);
        var session = await silo.OpenSessionAsync("guest-a", "r1");
        await PostAsync(silo, session, batches: 50, attempts: 2);
        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await watch.Judge();

        clock.Shift += TimeSpan.FromMinutes(40);
        await watch.Judge();
        Assert.Equal("fail", (await watch.ShowReleases()).Single().Verdict);
        await PostAsync(silo, session, batches: 50, attempts: 1, firstNumber: 5000);
        await watch.Judge();
        Assert.Equal("fail", (await watch.ShowReleases()).Single().Verdict);
        clock.Shift += TimeSpan.FromMinutes(10);
        await PostAsync(silo, session, batches: 50, attempts: 1, firstNumber: 6000);
        await watch.Judge();

        var health = (await watch.ShowReleases()).Single();
        Assert.Equal("inconclusive", health.Verdict);
        Assert.NotNull(health.RecoveredAt);
        Assert.Single(await watch.ReadAudit(100), row => row is { What: "recover", Actor: "watch" });
    }

    private static Task<ArtFreshCluster> StartAsync(WatchAction action, NotedNews noted, ShiftedClock? clock = null) => ArtFreshCluster.StartAsync(new ArtFreshClusterOptions
    {
        Watch = new ReleaseWatchOptions { Interval = TimeSpan.FromHours(1), PolicyDelay = TimeSpan.FromMilliseconds(50), Action = action, Releases = ["*"] },
        ConfigureSilo = silo =>
        {
            silo.Services.AddSingleton<IReleaseAlarm>(noted);
            silo.Services.AddSingleton<TimeProvider>(clock ?? new ShiftedClock());
        },
    });

    /// <summary>Posts batches of one that took so many attempts each, and waits until they are added up.</summary>
    private static async Task PostAsync(ArtFreshCluster silo, IListenerSessionGrain session, int batches, int attempts, long firstNumber = 1)
    {
        // A client tries at most once a second.
        ((ShiftedClock)silo.ServicesOf(0).GetRequiredService<TimeProvider>()).Shift += TimeSpan.FromSeconds(batches * attempts);
        var before = await CountAsync(silo, nameof(KpiCounts.Batches));
        for (var done = 0; done < batches; done += 10)
        {
            var ids = (await session.Take(10)).Ids();
            for (var i = 0; i < 10; i++)
            {
                var report = new DeliveryReport(1, 0, "fetch", "size", attempts, []);
                await session.RecordBatch(SessionCalls.Batch(firstNumber + done + i, ids[i]) with { Report = report, Network = 1 + ((done + i) % Networks) });
            }
        }

        await Eventually.Async(async () => await CountAsync(silo, nameof(KpiCounts.Batches)) == before + batches);
    }

    private static async Task<long> CountAsync(ArtFreshCluster silo, string counter) =>
        (await silo.ServicesOf(0).GetRequiredService<ILedgerFigures>().ReadCountersAsync(DateTimeOffset.UnixEpoch, null, Stop))
        .Where(added => added.Counter == counter).Sum(added => added.Amount);

    private static async Task RefusesBatchesAsync(IListenerSessionGrain session)
    {
        var ids = (await session.Take(1)).Ids();
        Assert.Equal(SessionOutcome.SingleOnly, (await session.Record(3000, ids)).Outcome);
        Assert.Equal(1, (await session.RecordBatch(SessionCalls.Batch(null, ids) with { IsSingle = true })).Recorded);
    }

    private sealed class NotedNews : IReleaseAlarm
    {
        public ConcurrentQueue<ReleaseNews> All { get; } = new();

        public Task<(bool IsTaken, string Outcome)> NotifyAsync(ReleaseNews news, CancellationToken cancellationToken)
        {
            All.Enqueue(news);
            return Task.FromResult((true, "noted"));
        }
    }
}
