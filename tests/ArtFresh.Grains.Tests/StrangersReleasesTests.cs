using System.Collections.Concurrent;
using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Clients choose the names of releases: those that nobody vouches for are one, and nothing is done about any of them by itself.</summary>
public sealed class StrangersReleasesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2026.11-a_b+c", true)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("-x", false)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    public void NamesHaveAPattern(string name, bool isName) => Assert.Equal(isName, ReleaseName.IsName(name));

    [Fact]
    public async Task UnknownReleasesShareRowsAndVerdict()
    {
        await using var silo = await StartAsync([]);
        await AddUpAsync(silo, Enumerable.Range(0, 3_000).Select(i => ($"made-up-{i}", 1)));
        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);

        await watch.Judge();

        Assert.Equal(["other"], (await watch.ShowReleases()).Select(release => release.Release));
        Assert.Equal(["other"], (await CountersAsync(silo)).Select(counter => counter.Release).Distinct());
        Assert.Empty(await silo.ServicesOf(0).GetRequiredService<IReleaseLedger>().ReadFailuresAsync(Stop));
    }

    [Fact]
    public async Task ReleaseIsKnownOnceAQuorumUsesItAndStaysKnownOverARestart()
    {
        await using var silo = await StartAsync([]);
        await AddUpAsync(silo, Enumerable.Range(1, 19).Select(network => ("next", network)));
        await silo.ServicesOf(0).GetRequiredService<ReleasePolicies>().RefreshAsync(Stop);
        Assert.DoesNotContain(await CountersAsync(silo), counter => counter.Release == "next");

        await AddUpAsync(silo, [("next", 20)]);
        await silo.ServicesOf(0).GetRequiredService<ReleasePolicies>().RefreshAsync(Stop);
        await silo.RestartAsync();
        await AddUpAsync(silo, [("next", 1)]);

        Assert.Contains(await CountersAsync(silo), counter => counter.Release == "next");
        Assert.Single(await silo.Grains.GetGrain<IReleaseWatchGrain>(0).ReadAudit(10), row => row is { What: "know-release", Release: "next", Actor: "watch" });
    }

    [Fact]
    public async Task ReleaseThatAnOperatorNamesIsKnownAtOnce()
    {
        await using var silo = await StartAsync(["tv-*"]);
        await silo.Grains.GetGrain<IReleaseWatchGrain>(0).Know("next", "ann", "goes out today");
        await AddUpAsync(silo, [("next", 1), ("tv-7", 1), ("radio", 1)]);

        Assert.Equal(["next", "other", "tv-7"], (await CountersAsync(silo)).Select(counter => counter.Release).Distinct().Order());
    }

    [Fact]
    public void NetworkThatNamesManyReleasesDisplacesOnlyItsOwn()
    {
        var known = new KnownReleases(null!, [], 3, TimeProvider.System);
        known.Count("next", 1);
        known.Count("next", 2);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal("other", known.Count($"made-up-{i}", 7));
        }

        known.Count("next", 3);
        Assert.Equal(["next"], known.Agreed);
    }

    [Fact]
    public void QuorumOfLiarsMakesFewReleasesKnownAndLeavesOthersTheirs()
    {
        var known = new KnownReleases(null!, [], 3, TimeProvider.System);
        for (var i = 0; i < 1_000; i++)
        {
            foreach (var liar in Enumerable.Range(1, 3))
            {
                known.Count($"made-up-{i}", liar);
            }
        }

        Assert.Equal(8, known.Agreed.Count);
        foreach (var network in Enumerable.Range(4, 3))
        {
            known.Count("next", network);
        }

        Assert.Contains("next", known.Agreed);
    }

    [Fact]
    public async Task ReleaseIsForgottenAWeekAfterAQuorumLastUsedIt()
    {
        var clock = new ShiftedClock();
        await using var silo = await StartAsync([], clock);
        var known = new KnownReleases(silo.ServicesOf(0).GetRequiredService<IReleaseLedger>(), [], 3, clock);
        async Task UseAsync(string release)
        {
            foreach (var network in Enumerable.Range(1, 3))
            {
                known.Count(release, network);
            }

            await known.RefreshAsync(Stop);
        }

        await UseAsync("kept");
        await UseAsync("left");
        Assert.Equal(("kept", "left"), (known.LabelOf("kept"), known.LabelOf("left")));
        clock.Shift += TimeSpan.FromDays(5);
        await known.RefreshAsync(Stop);
        await UseAsync("kept");
        clock.Shift += TimeSpan.FromDays(5);
        await known.RefreshAsync(Stop);

        Assert.Equal(("kept", "other"), (known.LabelOf("kept"), known.LabelOf("left")));
    }

    [Fact]
    public async Task ActionsAreTakenAtMostThreeTimesAnHourAndTheRestWaits()
    {
        var clock = new ShiftedClock();
        await using var silo = await StartAsync(["*"], clock, WatchAction.Single);
        foreach (var i in Enumerable.Range(0, 5))
        {
            await FailAsync(silo, $"r{i}");
        }

        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await watch.Judge();
        await watch.Judge();
        Assert.Equal(3, (await watch.ReadAudit(100)).Count(row => row.What == "switch-delivery"));

        clock.Shift += TimeSpan.FromMinutes(61);
        await watch.Judge();
        Assert.Equal(5, (await watch.ReadAudit(100)).Count(row => row.What == "switch-delivery"));
    }

    [Fact]
    public async Task RefusedNotificationsAreSentAgainUntilAccepted()
    {
        var clock = new ShiftedClock();
        var alarm = new BusyAlarm { Refusals = 150 };
        await using var silo = await StartAsync(["*"], clock, WatchAction.None, alarm);
        foreach (var i in Enumerable.Range(0, 150))
        {
            await FailAsync(silo, $"r{i}");
        }

        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await Eventually.Async(async () =>
        {
            await watch.Judge();
            clock.Shift += TimeSpan.FromSeconds(20);
            return alarm.Taken.Distinct().Count() == 150;
        });

        Assert.Equal(1, alarm.AtOnceMax);
    }

    private static Task<ArtFreshCluster> StartAsync(string[] named, ShiftedClock? clock = null, WatchAction action = WatchAction.None, IReleaseAlarm? alarm = null) =>
        ArtFreshCluster.StartAsync(new ArtFreshClusterOptions
        {
            Watch = new ReleaseWatchOptions { Interval = TimeSpan.FromHours(1), PolicyDelay = TimeSpan.FromHours(1), Releases = named, Action = action },
            ConfigureSilo = host =>
            {
                host.Services.AddSingleton<TimeProvider>(clock ?? new ShiftedClock());
                if (alarm is not null)
                {
                    host.Services.AddSingleton(alarm);
                }
            },
        });

    /// <summary>A batch of each release and network, straight from the ledger's writer, and added up.</summary>
    private static async Task AddUpAsync(ArtFreshCluster silo, IEnumerable<(string Release, int Network)> batches)
    {
        var now = silo.ServicesOf(0).GetRequiredService<TimeProvider>().GetUtcNow();
        var log = silo.ServicesOf(0).GetRequiredService<IImpressionLog>();
        await Task.WhenAll(batches.Select(async batch =>
        {
            var session = Guid.CreateVersion7();
            await silo.Writer().AppendAsync(new SessionOpened("ann", session, batch.Release, now));
            var impressions = Freshness.PackedImpressions.Pack([]);
            await silo.Writer().AppendAsync(new BatchRecorded(
                session, batch.Release, now, 1, Guid.CreateVersion7(), now, impressions, [], null, 1, 0, null,
                Freshness.BatchAccount.Of(null, new Freshness.BatchArrival(1, null, 1, Freshness.DeliveryRoute.Awaited, false)).Pack(), batch.Network));
        }));
        await Eventually.Async(async () => (await log.ReadUntalliedWritersAsync(Stop)).Length == 0);
    }

    /// <summary>Evidence that needs no quorum.</summary>
    private static async Task FailAsync(ArtFreshCluster silo, string release)
    {
        var now = silo.ServicesOf(0).GetRequiredService<TimeProvider>().GetUtcNow();
        var session = Guid.CreateVersion7();
        await silo.Writer().AppendAsync(new SessionOpened($"guest-{release}", session, release, now));
        await silo.Writer().AppendAsync(new BlockLogged($"guest-{release}", 1, BlockKind.SetAside, session, [1], [], now, ServedTwice: 1));
    }

    private static Task<IReadOnlyList<CounterAdded>> CountersAsync(ArtFreshCluster silo) =>
        silo.ServicesOf(0).GetRequiredService<ILedgerFigures>().ReadCountersAsync(DateTimeOffset.UnixEpoch, null, Stop);

    /// <summary>Takes nothing at first.</summary>
    private sealed class BusyAlarm : IReleaseAlarm
    {
        private int _atOnce;
        private int _refused;

        public int Refusals { get; init; }

        public int AtOnceMax { get; private set; }

        public ConcurrentBag<string> Taken { get; } = [];

        public async Task<(bool IsTaken, string Outcome)> NotifyAsync(ReleaseNews news, CancellationToken cancellationToken)
        {
            AtOnceMax = Math.Max(AtOnceMax, Interlocked.Increment(ref _atOnce));
            await Task.Yield();
            Interlocked.Decrement(ref _atOnce);
            if (Interlocked.Increment(ref _refused) <= Refusals)
            {
                return (false, "answered 503");
            }

            Taken.Add(news.Release);
            return (true, "answered 200");
        }
    }
}
