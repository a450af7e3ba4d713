using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Any program with a client of the cluster can call grains: they refuse what the front end refuses, before they do anything.</summary>
public sealed class CallLimitsTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private static readonly string LongText = new('x', 1_001);

    private ArtFreshCluster Cluster => silo.Cluster;

    [Theory]
    [InlineData(0, 0.5, 0.5)]
    [InlineData(-1, 0.5, 0.5)]
    [InlineData(51, 0.5, 0.5)]
    [InlineData(100_000, 0.5, 0.5)]
    [InlineData(1, double.NaN, 0.5)]
    [InlineData(1, 0.5, double.PositiveInfinity)]
    [InlineData(1, -0.01, 0.5)]
    [InlineData(1, 0.5, 1.01)]
    public async Task FreshRequestOutOfBoundsIsRefused(int count, double valence, double energy)
    {
        var session = await Cluster.OpenSessionAsync("guest-fresh");
        await AssertRefusedAsync(() => session.TakeFresh(new FreshRequest(count, new Mood(valence, energy), null)));
    }

    [Fact]
    public async Task RefusedFreshRequestMintsNoArtwork()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var session = await cluster.OpenSessionAsync("guest-a");

        await AssertRefusedAsync(() => session.TakeFresh(new FreshRequest(100_000, Mood.Neutral, null)));

        var legacy = await cluster.Grains.GetGrain<ILedgerQueryGrain>(0).CountLegacy();
        Assert.Equal(0, legacy.Artworks);
        Assert.Single((await session.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Artworks);
    }

    [Fact]
    public async Task BatchesOutOfBoundsAreRefused()
    {
        var session = await Cluster.OpenSessionAsync("guest-batch");
        var sound = SessionCalls.Batch(1, [.. Enumerable.Range(1, 200).Select(id => (long)id)]);
        var report = new DeliveryReport(1, 0, "fetch", "size", 1, []);
        ImpressionBatch[] unsound =
        [
            sound with { ArtworkIds = [] },
            sound with { ArtworkIds = default },
            sound with { ArtworkIds = [.. sound.ArtworkIds, 201] },
            sound with { ArtworkIds = [-1] },
            sound with { FirstNumber = 0 },
            sound with { FirstNumber = Limits.ImpressionNumberMax - 198 },
            sound with { DisplayedAtMs = [1] },
            sound with { Genomes = ["x"] },
            sound with { ArtworkIds = [-1], Genomes = [LongText] },
            sound with { Report = report with { DisplayMs = [.. new int[201]] } },
            sound with { Report = report with { Transport = LongText } },
            sound with { Report = report with { Attempts = 0 } },
            sound with { Report = report with { Displayed = -1 } },
        ];

        foreach (var batch in unsound)
        {
            await AssertRefusedAsync(() => session.RecordBatch(batch));
        }

        Assert.Equal(SessionOutcome.Done, (await session.RecordBatch(sound with { Report = report, DisplayedAtMs = default })).Outcome);
        Assert.Equal(SessionOutcome.NumbersScattered, (await session.RecordBatch(sound with { FirstNumber = Limits.ImpressionNumberMax - 199 })).Outcome);
    }

    [Fact]
    public async Task EveryOtherCallToAListenerOutOfBoundsIsRefused()
    {
        var grains = Cluster.Grains;
        var session = await Cluster.OpenSessionAsync("guest-other");
        var listener = grains.GetGrain<IListenerGrain>("guest-other");
        ImmutableArray<long> many = [.. Enumerable.Range(1, 1_201).Select(id => (long)id)];
        var block = new BlockRequest(Guid.CreateVersion7(), Mood.Neutral, 16, [], 1);
        Func<Task>[] calls =
        [
            () => Cluster.Session("guest-other", Guid.CreateVersion7()).Open(""),
            () => Cluster.Session("guest-other", Guid.CreateVersion7()).Open(LongText),
            () => Cluster.Session(LongText, Guid.CreateVersion7()).Open("test"),
            () => session.TakeFresh(new FreshRequest(1, Mood.Neutral, LongText)),
            () => session.Finish(many),
            () => session.Finish(default),
            () => session.Finish([-1]),
            () => session.Disown(many, 1),
            () => listener.SetAside(block with { Count = 201 }),
            () => listener.SetAside(block with { Count = 0 }),
            () => listener.SetAside(block with { CountMin = 51 }),
            () => listener.SetAside(block with { Mood = new Mood(double.NaN, 0) }),
            () => listener.SetAside(block with { Returned = default }),
            () => listener.Claim(Guid.CreateVersion7(), many),
            () => listener.Claim(Guid.CreateVersion7(), default),
            () => listener.JudgeForeign(new ForeignArtworks(Guid.CreateVersion7(), many, [])),
            () => listener.JudgeForeign(new ForeignArtworks(Guid.CreateVersion7(), [1], [-1])),
            () => listener.JudgeForeign(new ForeignArtworks(Guid.CreateVersion7(), [1], default)),
            () => listener.TakeBack(Guid.CreateVersion7(), many),
            () => grains.GetGrain<IListenerGrain>(LongText).Claim(Guid.CreateVersion7(), []),
        ];

        foreach (var call in calls)
        {
            await AssertRefusedAsync(call);
        }

        Assert.Equal(SessionOutcome.Done, await session.Finish([]));
    }

    [Fact]
    public async Task EveryCallToAnotherGrainOutOfBoundsIsRefused()
    {
        var grains = Cluster.Grains;
        var pool = grains.GetGrain<IMoodPoolGrain>(3);
        var artwork = grains.GetGrain<IArtworkGrain>((await (await Cluster.OpenSessionAsync("guest-artwork")).Take(1))[0].ArtworkId);
        var queries = grains.GetGrain<ILedgerQueryGrain>(0);
        var watch = grains.GetGrain<IReleaseWatchGrain>(0);
        Func<Task>[] calls =
        [
            () => pool.ReadStretch(-1, 1),
            () => pool.ReadStretch(0, 1_001),
            () => pool.MakeStretch(0, 51, Mood.Neutral),
            () => pool.MakeStretch(0, 1, new Mood(0, double.NaN)),
            () => artwork.DrawPicture(15),
            () => artwork.DrawPicture(2_049),
            () => queries.SummarizeKpis(0, null),
            () => queries.SummarizeKpis(401, null),
            () => queries.SummarizeKpis(1, LongText),
            () => queries.DescribeSession(LongText, Guid.CreateVersion7()),
            () => watch.ReadAudit(1_001),
            () => watch.SwitchDelivery(LongText, Delivery.Single, "operator", "reason"),
            () => watch.SwitchDelivery("test", Delivery.Single, "operator", LongText),
        ];

        foreach (var call in calls)
        {
            await AssertRefusedAsync(call);
        }
    }

    [Fact]
    public async Task ResultsOtherThanDoneHoldEmptyArrays()
    {
        var nowhere = Cluster.Session("guest-nowhere", Guid.CreateVersion7());

        var taken = await nowhere.TakeFresh(new FreshRequest(1, Mood.Neutral, null));
        var recorded = await nowhere.RecordBatch(SessionCalls.Batch(1, 1));

        Assert.Equal((SessionOutcome.SessionNotFound, SessionOutcome.SessionNotFound), (taken.Outcome, recorded.Outcome));
        Assert.Equal(0, taken.Artworks.Length + recorded.Unknown.Length);
        Assert.Empty(new Block(SessionOutcome.Unavailable).Artworks);
        var claim = new ClaimResult(SessionOutcome.Unavailable);
        Assert.Equal(0, claim.Granted.Length + claim.Shown.Length + claim.Unknown.Length);
    }

    private static async Task AssertRefusedAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<ArgumentException>(call);
}
