using System.Collections.Immutable;

namespace ArtFresh.Freshness.Tests;

public class ReleaseTriggersTests
{
    private const int Quorum = 20;
    private static readonly DateOnly At = new(2026, 1, 2);
    private static readonly NetworkCount Sound = new(1000, 0, 20_000, 0, 1000, 0);

    private static readonly KpiCounts Healthy = new()
    {
        Batches = 1000,
        BatchesAnswered = 1000,
        AwaitedAttempts = 1000,
        ImpressionsRecorded = 20_000,
        DisplayTimes = DisplayHistogram.Empty.Add([.. Enumerable.Repeat(200.0, 1000)]),
    };

    [Fact]
    public void HealthyReleasePassesEveryTrigger()
    {
        var triggers = Judge(_ => Spread(Healthy, Sound));
        Assert.All(triggers, trigger => Assert.Equal(KpiVerdict.Pass, trigger.Verdict));
        Assert.Equal(7, triggers.Select(trigger => trigger.Name).Distinct().Count());
        Assert.Equal(KpiVerdict.Pass, ReleaseVerdict.Of(triggers, isFailing: false));
        Assert.Equal(KpiVerdict.Fail, ReleaseVerdict.Of(triggers, isFailing: true));
    }

    [Fact]
    public void NoObservationIsInconclusiveAndNotAPass()
    {
        var triggers = Judge(_ => new WatchWindow(KpiCounts.Zero, new NetworkVoices()));
        Assert.All(triggers, trigger => Assert.Equal((KpiVerdict.Inconclusive, null), (trigger.Verdict, trigger.Value)));
        Assert.Equal(KpiVerdict.Inconclusive, ReleaseVerdict.Of(triggers, isFailing: false));
    }

    /// <summary>Answered and attempted over five minutes, then over half an hour.</summary>
    [Theory]
    [InlineData(44, 50, 44, 50, KpiVerdict.Fail)]
    [InlineData(45, 50, 45, 50, KpiVerdict.Pass)]
    [InlineData(0, 49, 0, 49, KpiVerdict.Inconclusive)]
    [InlineData(0, 50, 0, 50, KpiVerdict.Fail)]
    [InlineData(44, 50, 950, 1000, KpiVerdict.Pass)]
    [InlineData(50, 50, 800, 1000, KpiVerdict.Pass)]
    [InlineData(10, 20, 500, 1000, KpiVerdict.Inconclusive)]
    public void BatchSuccessFailsOverBothWindowsOnly(int answered5, int attempts5, int answered30, int attempts30, KpiVerdict verdict) =>
        AssertClaim("batchSuccess", verdict, window => window == ReleaseTriggers.FiveMinutes
            ? new NetworkCount(attempts5, attempts5 - answered5, 0, 0, 0, 0)
            : new NetworkCount(attempts30, attempts30 - answered30, 0, 0, 0, 0));

    [Theory]
    [InlineData("servedTwice", 1, 0, 1, KpiVerdict.Fail)]
    [InlineData("servedTwice", 0, 1, 50, KpiVerdict.Pass)]
    [InlineData("servedTwice", 0, 0, 49, KpiVerdict.Inconclusive)]
    [InlineData("withoutViewedAt", 0, 1, 1, KpiVerdict.Fail)]
    [InlineData("withoutViewedAt", 1, 0, 50, KpiVerdict.Pass)]
    public void OneViolationFails(string name, int servedTwice, int withoutViewedAt, int batches, KpiVerdict verdict) =>
        AssertTrigger(name, verdict, _ => new KpiCounts { ServedTwice = servedTwice, WithoutViewedAt = withoutViewedAt, Batches = batches });

    /// <summary>A repeat is a claim: anybody can make one by sending an artwork twice.</summary>
    [Fact]
    public void RepeatsFailNothing() =>
        Assert.All(
            Judge(_ => Spread(Healthy with { Repeats = 1_000_000 }, Sound)),
            trigger => Assert.NotEqual(KpiVerdict.Fail, trigger.Verdict));

    [Theory]
    [InlineData(95, 5, KpiVerdict.Pass)]
    [InlineData(94, 6, KpiVerdict.Fail)]
    [InlineData(0, 49, KpiVerdict.Inconclusive)]
    [InlineData(0, 50, KpiVerdict.Fail)]
    public void FreshDisplayFailsOverThreeSeconds(int under, int over, KpiVerdict verdict) =>
        AssertClaim("freshDisplayP95Ms", verdict, _ => new NetworkCount(0, 0, 0, 0, under + over, over));

    [Theory]
    [InlineData(990, 10, KpiVerdict.Pass)]
    [InlineData(989, 11, KpiVerdict.Fail)]
    [InlineData(9, 40, KpiVerdict.Inconclusive)]
    public void LossOverOneInAHundredFails(int recorded, int lost, KpiVerdict verdict) =>
        AssertClaim("lost", verdict, _ => new NetworkCount(0, 0, recorded, lost, 0, 0));

    /// <summary>Failures of 1,000 over the short window, then over the long one.</summary>
    [Theory]
    [InlineData("burnRateFast", 145, 145, KpiVerdict.Fail)]
    [InlineData("burnRateFast", 145, 100, KpiVerdict.Pass)]
    [InlineData("burnRateFast", 100, 145, KpiVerdict.Pass)]
    [InlineData("burnRateSlow", 61, 61, KpiVerdict.Fail)]
    [InlineData("burnRateSlow", 60, 59, KpiVerdict.Pass)]
    public void BudgetThatBurnsOverBothWindowsAlertsAndFailsNoRelease(string name, int brief, int lasting, KpiVerdict verdict)
    {
        var briefWindow = name == "burnRateFast" ? ReleaseTriggers.FiveMinutes : ReleaseTriggers.HalfHour;
        AssertClaim(name, verdict, window => new NetworkCount(1000, window <= briefWindow ? brief : lasting, 0, 0, 0, 0));
        var triggers = Judge(_ => Spread(Healthy, Sound with { Failed = 70 }));
        Assert.Equal(["burnRateSlow"], triggers.Where(trigger => trigger.Verdict == KpiVerdict.Fail).Select(trigger => trigger.Name));
        Assert.Empty(ReleaseVerdict.FailingIn(triggers));
        Assert.Equal(KpiVerdict.Pass, ReleaseVerdict.Of(triggers, isFailing: false));
    }

    [Fact]
    public void SilenceIsNotARecovery()
    {
        var none = Judge(_ => new WatchWindow(KpiCounts.Zero, new NetworkVoices()));
        var healthy = Judge(_ => Spread(Healthy, Sound));
        var other = Judge(_ => Spread(Healthy with { ServedTwice = 1 }, Sound));
        Assert.False(ReleaseVerdict.IsQuiet(none, ["batchSuccess"]));
        Assert.True(ReleaseVerdict.IsQuiet(healthy, ["batchSuccess"]));
        Assert.False(ReleaseVerdict.IsQuiet(other, ["batchSuccess"]));
    }

    [Fact]
    public void FewerNetworksThanTheQuorumAreInconclusive()
    {
        var voices = new NetworkVoices();
        for (var network = 1; network < Quorum; network++)
        {
            voices.Add(At, network, new NetworkCount(10_000, 10_000, 1, 10_000, 10_000, 10_000));
        }

        Assert.All(
            Judge(_ => new WatchWindow(Healthy, voices)).Where(trigger => trigger.Source == FigureSource.Claim),
            trigger => Assert.Equal((KpiVerdict.Inconclusive, Quorum - 1), (trigger.Verdict, trigger.Networks)));
    }

    /// <summary>A key that changes at midnight gives each network a second hash, and no second voice.</summary>
    [Fact]
    public void NetworksAreNotCountedTwiceOverMidnight()
    {
        var voices = new NetworkVoices();
        for (var network = 1; network <= Quorum / 2; network++)
        {
            voices.Add(At, network, Sound);
            voices.Add(At.AddDays(1), network + 500, Sound);
        }

        Assert.All(
            Judge(_ => new WatchWindow(Healthy, voices)).Where(trigger => trigger.Source == FigureSource.Claim),
            trigger => Assert.Equal((KpiVerdict.Inconclusive, Quorum / 2), (trigger.Verdict, trigger.Networks)));
    }

    private static ImmutableArray<Trigger> Judge(Func<TimeSpan, WatchWindow> over) => ReleaseTriggers.Judge(over, Quorum);

    private static void AssertTrigger(string name, KpiVerdict verdict, Func<TimeSpan, KpiCounts> counts) =>
        Assert.Equal(verdict, Judge(window => new WatchWindow(counts(window), new NetworkVoices())).Single(trigger => trigger.Name == name).Verdict);

    private static void AssertClaim(string name, KpiVerdict verdict, Func<TimeSpan, NetworkCount> claims) =>
        Assert.Equal(verdict, Judge(window => Spread(Healthy, claims(window))).Single(trigger => trigger.Name == name).Verdict);

    /// <summary>The claims in equal parts over 25 networks; what does not divide goes one each to the first.</summary>
    private static WatchWindow Spread(KpiCounts counts, NetworkCount claims)
    {
        const int Networks = 25;
        var voices = new NetworkVoices();
        for (var network = 0; network < Networks; network++)
        {
            long Part(long all) => (all / Networks) + (network < all % Networks ? 1 : 0);
            voices.Add(At, network + 1, new NetworkCount(
                Part(claims.Attempts), Part(claims.Failed), Part(claims.Impressions), Part(claims.Lost), Part(claims.Displays), Part(claims.Late)));
        }

        return new WatchWindow(counts, voices);
    }
}
