using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>What one client says of itself goes no further than what the server knows of its session.</summary>
public sealed class ClaimTests
{
    private const string Release = "r1";
    private static readonly DeliveryReport Honest = new(10, 0, "fetch", "size", 1, [.. Enumerable.Repeat(200, 10)], 0, "indexeddb");

    [Fact]
    public async Task AttemptsAreAtMostOneASecond()
    {
        var figures = await FiguresAsync(Honest with { Attempts = 600_000 });

        Assert.Equal((1, 1), (figures["batchSuccess"].Numerator, figures["batchSuccess"].Denominator));
        Assert.Equal(1, figures["claimsRefused"].Numerator);
    }

    [Fact]
    public async Task AttemptsOfAllBatchesTogetherAreAtMostOneASecond()
    {
        await using var show = await Show.StartAsync();
        show.Clock.Shift += TimeSpan.FromSeconds(30);
        for (var batch = 0; batch < 20; batch++)
        {
            await show.SendAsync(Honest with { Displayed = 1, DisplayMs = [], Attempts = 20 }, count: 1);
        }

        var success = (await show.FiguresAsync())["batchSuccess"];
        Assert.Equal(20, success.Numerator);
        Assert.InRange(success.Denominator, 20 + 19, 20 + 32);
    }

    [Fact]
    public async Task BeaconsAreAtMostOneASecond()
    {
        var figures = await FiguresAsync(Honest with { Transport = "beacon", Beacons = 600_000, Attempts = 600_000 });

        Assert.Equal((1, 1), (figures["beaconDelivery"].Numerator, figures["beaconDelivery"].Denominator));
        Assert.Equal(1, figures["claimsRefused"].Numerator);
    }

    [Fact]
    public async Task DisplayTimeIsBoundedByTheSessionsAge()
    {
        var figures = await FiguresAsync(Honest with { DisplayMs = [.. Enumerable.Repeat(int.MaxValue, 190), .. Enumerable.Repeat(200, 10)] });

        Assert.Equal((10, 10), (figures["freshDisplayUnder3s"].Numerator, figures["freshDisplayUnder3s"].Denominator));
        Assert.Equal(1, figures["claimsRefused"].Numerator);
    }

    /// <summary>However long the session has lasted, and whether or not its grain was there when the artwork was served.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task DisplayTimeIsBoundedByTheTimeSinceServing(bool isReloaded)
    {
        await using var show = await Show.StartAsync();
        show.Clock.Shift += TimeSpan.FromMinutes(10);
        var late = await show.TakeNewBlockAsync();
        show.Clock.Shift += TimeSpan.FromMinutes(1);
        if (isReloaded)
        {
            await show.RestartAsync();
        }

        var report = Honest with { DisplayMs = [.. Enumerable.Repeat(300_000, 4), .. Enumerable.Repeat(50_000, 6)] };
        await show.Session.RecordBatch(SessionCalls.Batch(1, late[..10]) with { Report = report });

        var figures = await show.FiguresAsync();
        Assert.Equal((0, 6), Parts(figures["freshDisplayUnder3s"]));
        Assert.Equal(1, figures["claimsRefused"].Numerator);
    }

    /// <summary>A page asks again until the server is back. Its slowest display is the one that counts most.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task DisplayOfArtThatAPageAskedForWhileTheServerWasDownCounts(bool isReloaded)
    {
        await using var show = await Show.StartAsync();
        await show.Session.Take(33);
        show.Clock.Shift += TimeSpan.FromMinutes(1);
        if (isReloaded)
        {
            await show.RestartAsync();
        }

        var art = (await show.Session.Take(50)).Ids()[^10..];
        await show.Session.RecordBatch(SessionCalls.Batch(1, art) with { Report = Honest with { DisplayMs = [50_000] } });

        var figures = await show.FiguresAsync();
        Assert.Equal((0, 1), Parts(figures["freshDisplayUnder3s"]));
        Assert.Equal(0, figures["claimsRefused"].Numerator);
    }

    [Fact]
    public async Task EachArtworkBoundsOneDisplayTime()
    {
        await using var show = await Show.StartAsync();
        show.Clock.Shift += TimeSpan.FromMinutes(10);
        var late = await show.TakeNewBlockAsync();

        // One artwork was served ten minutes ago: one display may have taken five.
        var report = Honest with { DisplayMs = [.. Enumerable.Repeat(300_000, 10)] };
        await show.Session.RecordBatch(SessionCalls.Batch(1, [show.Early, .. late[..9]]) with { Report = report });

        Assert.Equal((0, 1), Parts((await show.FiguresAsync())["freshDisplayUnder3s"]));
    }

    [Fact]
    public async Task DisplayTimesAreBoundedByTheDisplays()
    {
        var figures = await FiguresAsync(Honest with { DisplayMs = [.. Enumerable.Repeat(0, 200)] });

        Assert.Equal(10, figures["freshDisplayUnder3s"].Denominator);
    }

    [Fact]
    public async Task DroppedIsBoundedByArtworksServedAndNeverReported()
    {
        var lying = await FiguresAsync(Honest with { Dropped = 10_000_000 });
        var likely = await FiguresAsync(Honest with { Dropped = 3 });

        Assert.Equal((0, 10), (lying["lost"].Numerator, lying["lost"].Denominator));
        Assert.Equal(1, lying["claimsRefused"].Numerator);
        Assert.Equal((3, 13), (likely["lost"].Numerator, likely["lost"].Denominator));
    }

    /// <summary>
    /// A block of 16 was set aside. Once the grain has left memory, nobody knows that only 8 of them were in an answer: with 7 shown and 1 given up, 8 more can be. So few were
    /// taken that no further block is on its way.
    /// </summary>
    [Fact]
    public async Task DroppedIsBoundedOverTheWholeSession()
    {
        await using var show = await Show.StartAsync(served: 8);
        await show.SendAsync(Honest with { Displayed = 6, DisplayMs = [], Dropped = 1 }, count: 6);
        await show.RestartAsync();
        await show.SendAsync(Honest with { Displayed = 1, DisplayMs = [], Dropped = 9 }, count: 1);

        var figures = await show.FiguresAsync();
        Assert.Equal((1, 8), Parts(figures["lost"]));
        Assert.Equal(1, figures["claimsRefused"].Numerator);
    }

    /// <summary>Thirty guests who said that each of their artworks was lost, and then reported them, made losses of more than was served.</summary>
    [Fact]
    public async Task WhatArrivesAfterItWasGivenUpIsNoLoss()
    {
        await using var show = await Show.StartAsync();
        await show.SendAsync(Honest with { Displayed = 5, DisplayMs = [], Dropped = 10 }, count: 5);
        Assert.Equal((10, 15), Parts((await show.FiguresAsync())["lost"]));

        // A report may be left out, or say that nothing was displayed: it counts for nothing else.
        await show.SendAsync(null, count: 3);
        Assert.Equal((7, 15), Parts((await show.FiguresAsync())["lost"]));
        await show.SendAsync(Honest with { Displayed = 0, Skipped = 2, DisplayMs = [] }, count: 3);
        Assert.Equal((4, 15), Parts((await show.FiguresAsync())["lost"]));
        await show.SendAsync(Honest with { Displayed = 4, DisplayMs = [], Dropped = 1 }, count: 4);

        var figures = await show.FiguresAsync();
        Assert.Equal(((0, 15), (0, 9)), (Parts(figures["lost"]), Parts(figures["flickerSkips"])));
        await show.RestartAsync();
        await show.Session.Finish([]);
        Assert.Equal((0, 15), Parts((await show.FiguresAsync())["lost"]));
    }

    /// <summary>Nor is it fresh again.</summary>
    [Fact]
    public async Task WhatWasGivenUpIsNeitherReportedByAnotherSessionNorGivenBack()
    {
        await using var show = await Show.StartAsync();
        var given = show.Left[5..];
        await show.SendAsync(Honest with { Displayed = 5, DisplayMs = [], Dropped = 10 }, count: 5);
        var other = await show.OpenAnotherAsync();

        var reported = await other.Record(1, given);
        await show.Session.Finish([.. given]);

        Assert.Equal((0, 10), (reported.Recorded, reported.Repeats));
        Assert.Equal((10, 15), Parts((await show.FiguresAsync())["lost"]));
        Assert.Empty((await other.Take(50)).Ids().Intersect(given));
    }

    [Fact]
    public async Task FlickersAndDisplaysAreBounded()
    {
        var figures = await FiguresAsync(Honest with { Skipped = 10_000_000 });
        Assert.Equal((0, 10), (figures["flickerSkips"].Numerator, figures["flickerSkips"].Denominator));

        figures = await FiguresAsync(Honest with { Displayed = 10_000_000 });
        Assert.Equal(0, figures["flickerSkips"].Denominator);
    }

    [Fact]
    public async Task RefusedClaimsAreAShareHoweverManyABatchHas()
    {
        var figures = await FiguresAsync(Honest with { Displayed = 10_000_000, Skipped = 10_000_000, Dropped = 10_000_000, DisplayMs = [int.MaxValue] });

        Assert.Equal((4, 5), Parts(figures["claimsRefused"]));
    }

    [Fact]
    public async Task NumberBeyondTheShowableArtworksIsRefused()
    {
        await using var show = await Show.StartAsync();

        Assert.Equal(SessionOutcome.NumbersScattered, (await show.SendAsync(Honest, firstNumber: Limits.ImpressionNumberMax - 20)).Outcome);
        Assert.Equal(SessionOutcome.Done, (await show.SendAsync(Honest, firstNumber: 1)).Outcome);
    }

    /// <summary>15 artworks were served and 10 are shown: 5 can have been lost, whatever the numbers say.</summary>
    [Fact]
    public async Task LossIsBoundedByArtworksServedAndNeverReported()
    {
        await using var show = await Show.StartAsync();

        await show.SendAsync(Honest, firstNumber: 9_000);
        await show.Session.Finish([]);

        var figures = await show.FiguresAsync();
        Assert.Equal((5, 15), Parts(figures["lost"]));
        Assert.Equal(1, figures["claimsRefused"].Numerator);
    }

    [Fact]
    public async Task LateImpressionsReduceTheLoss()
    {
        await using var show = await Show.StartAsync();

        await show.SendAsync(Honest with { Displayed = 5, DisplayMs = [] }, firstNumber: 6, count: 5);
        await show.Session.Finish([]);
        Assert.Equal((5, 10), Parts((await show.FiguresAsync())["lost"]));
        await show.SendAsync(Honest with { Displayed = 5, DisplayMs = [] }, firstNumber: 1, count: 5);

        Assert.Equal((0, 10), Parts((await show.FiguresAsync())["lost"]));
    }

    [Fact]
    public async Task EachFigureStatesItsSource()
    {
        var figures = await FiguresAsync(Honest);

        Assert.Equal(
            ["legacy", "withoutViewedAt", "duplicatesRecorded", "duplicates", "lostAtMost"],
            figures.Values.Where(figure => figure.Source == "evidence").Select(figure => figure.Name));
    }

    private static (long, long) Parts(KpiFigure figure) => (figure.Numerator, figure.Denominator);

    private static async Task<Dictionary<string, KpiFigure>> FiguresAsync(DeliveryReport report)
    {
        await using var show = await Show.StartAsync();
        await show.SendAsync(report);
        return await show.FiguresAsync();
    }

    /// <summary>A session that was served 15 artworks, or as many as are asked for.</summary>
    private sealed class Show(ArtFreshCluster silo, IListenerSessionGrain session, Queue<long> art, ShiftedClock clock) : IAsyncDisposable
    {
        private long _number = 1;

        public IListenerSessionGrain Session { get; private set; } = session;

        /// <summary>An artwork of the first block.</summary>
        public long Early { get; } = art.Peek();

        public ShiftedClock Clock => clock;

        public static async Task<Show> StartAsync(int served = 15)
        {
            var clock = new ShiftedClock();
            var silo = await ArtFreshCluster.StartAsync(new() { ConfigureSilo = host => host.Services.AddSingleton<TimeProvider>(clock) });
            var session = await silo.OpenSessionAsync("ann", Release);
            return new Show(silo, session, new Queue<long>((await session.Take(served)).Ids()), clock);
        }

        /// <summary>Artworks that were served and not sent.</summary>
        public long[] Left => [.. art];

        public Task<IListenerSessionGrain> OpenAnotherAsync() => silo.OpenSessionAsync("ann", Release);

        public async Task<RecordBatchResult> SendAsync(DeliveryReport? report, long? firstNumber = null, int count = 10)
        {
            var first = firstNumber ?? _number;
            _number = first + count;
            while (art.Count < count)
            {
                (await Session.Take(1)).Ids().ToList().ForEach(art.Enqueue);
            }

            long[] ids = [.. Enumerable.Range(0, count).Select(_ => art.Dequeue())];
            return await Session.RecordBatch(SessionCalls.Batch(first, ids) with { Report = report });
        }

        /// <summary>Artworks of a block that is set aside now, just after an answer and another block: two blocks were before.</summary>
        public async Task<long[]> TakeNewBlockAsync()
        {
            await Session.Take(33);
            await Session.Take(50);
            await Session.Take(14);
            return (await Session.Take(30)).Ids();
        }

        public async Task RestartAsync()
        {
            var key = Session.GetPrimaryKeyString();
            await silo.RestartAsync();
            Session = silo.Grains.GetGrain<IListenerSessionGrain>(key);
        }

        public async Task<Dictionary<string, KpiFigure>> FiguresAsync()
        {
            await Eventually.Async(
                async () => (await silo.ServicesOf(0).GetRequiredService<IImpressionLog>().ReadUntalliedWritersAsync(TestContext.Current.CancellationToken)).Length == 0);
            return (await silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(7, Release)).Figures.ToDictionary(figure => figure.Name);
        }

        public ValueTask DisposeAsync() => silo.DisposeAsync();
    }
}
