namespace ArtFresh.Freshness.Tests;

public class ReleaseTriggersTests
{
    private static readonly KpiCounts s_healthy = new()
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
        var triggers = ReleaseTriggers.Judge(_ => new WatchWindow(s_healthy, 0));
        Assert.All(triggers, trigger => Assert.Equal(KpiVerdict.Pass, trigger.Verdict));
        Assert.Equal(7, triggers.Select(trigger => trigger.Name).Distinct().Count());
        Assert.Equal(KpiVerdict.Pass, ReleaseVerdict.Of(triggers, isFailing: false));
        Assert.Equal(KpiVerdict.Fail, ReleaseVerdict.Of(triggers, isFailing: true));
    }

    [Fact]
    public void NothingSeenIsInconclusiveAndNoPass()
    {
        var triggers = ReleaseTriggers.Judge(_ => new WatchWindow(KpiCounts.Zero, 0));
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
        AssertTrigger("batchSuccess", verdict, window => new KpiCounts
        {
            BatchesAnswered = window == ReleaseTriggers.FiveMinutes ? answered5 : answered30,
            AwaitedAttempts = window == ReleaseTriggers.FiveMinutes ? attempts5 : attempts30,
        });

    [Theory]
    [InlineData("servedTwice", 1, 0, 1, KpiVerdict.Fail)]
    [InlineData("servedTwice", 0, 1, 50, KpiVerdict.Pass)]
    [InlineData("servedTwice", 0, 0, 49, KpiVerdict.Inconclusive)]
    [InlineData("withoutViewedAt", 0, 1, 1, KpiVerdict.Fail)]
    [InlineData("withoutViewedAt", 1, 0, 50, KpiVerdict.Pass)]
    public void OneLegacyAppearanceFails(string name, int servedTwice, int withoutViewedAt, int batches, KpiVerdict verdict) =>
        AssertTrigger(name, verdict, _ => new KpiCounts { RepeatsServed = servedTwice, WithoutViewedAt = withoutViewedAt, Batches = batches });

    /// <summary>A repeat is a claim: anybody can make one by sending an artwork twice.</summary>
    [Fact]
    public void RepeatsFailNothing() =>
        Assert.All(
            ReleaseTriggers.Judge(_ => new WatchWindow(new KpiCounts { Repeats = 1_000_000, Batches = 50, BatchesAnswered = 50, AwaitedAttempts = 50, ImpressionsRecorded = 50 }, 0)),
            trigger => Assert.NotEqual(KpiVerdict.Fail, trigger.Verdict));

    [Theory]
    [InlineData(95, 5, KpiVerdict.Pass)]
    [InlineData(94, 6, KpiVerdict.Fail)]
    [InlineData(0, 49, KpiVerdict.Inconclusive)]
    [InlineData(0, 50, KpiVerdict.Fail)]
    public void FreshDisplayFailsOverThreeSeconds(int under, int over, KpiVerdict verdict) =>
        AssertTrigger("freshDisplayP95Ms", verdict, _ => new KpiCounts { DisplayTimes = DisplayHistogram.Empty.Add([.. Enumerable.Repeat(2999.0, under), .. Enumerable.Repeat(3000.0, over)]) });

    [Theory]
    [InlineData(990, 10, 0, 50, KpiVerdict.Pass)]
    [InlineData(989, 11, 0, 50, KpiVerdict.Fail)]
    [InlineData(989, 0, 11, 50, KpiVerdict.Fail)]
    [InlineData(10, 990, 0, 49, KpiVerdict.Inconclusive)]
    public void LossOverOneInAHundredFails(int recorded, int lost, int dropped, int batches, KpiVerdict verdict)
    {
        var triggers = ReleaseTriggers.Judge(_ => new WatchWindow(new KpiCounts { ImpressionsRecorded = recorded, Dropped = dropped, SinglePosts = batches }, lost));
        Assert.Equal(verdict, triggers.Single(trigger => trigger.Name == "lost").Verdict);
    }

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
        AssertTrigger(name, verdict, window => new KpiCounts { BatchesAnswered = 1000 - (window <= briefWindow ? brief : lasting), AwaitedAttempts = 1000 });
        var triggers = ReleaseTriggers.Judge(_ => new WatchWindow(s_healthy with { BatchesAnswered = 930 }, 0));
        Assert.Equal(["burnRateSlow"], triggers.Where(trigger => trigger.Verdict == KpiVerdict.Fail).Select(trigger => trigger.Name));
        Assert.Empty(ReleaseVerdict.FailingIn(triggers));
        Assert.Equal(KpiVerdict.Pass, ReleaseVerdict.Of(triggers, isFailing: false));
    }

    [Fact]
    public void QuietIsNoRecovery()
    {
        var none = ReleaseTriggers.Judge(_ => new WatchWindow(KpiCounts.Zero, 0));
        var healthy = ReleaseTriggers.Judge(_ => new WatchWindow(s_healthy, 0));
        var other = ReleaseTriggers.Judge(_ => new WatchWindow(s_healthy with { RepeatsServed = 1 }, 0));
        Assert.False(ReleaseVerdict.IsQuiet(none, ["batchSuccess"]));
        Assert.True(ReleaseVerdict.IsQuiet(healthy, ["batchSuccess"]));
        Assert.False(ReleaseVerdict.IsQuiet(other, ["batchSuccess"]));
    }

    private static void AssertTrigger(string name, KpiVerdict verdict, Func<TimeSpan, KpiCounts> counts)
    {
        var triggers = ReleaseTriggers.Judge(window => new WatchWindow(counts(window), 0));
        Assert.Equal(verdict, triggers.Single(trigger => trigger.Name == name).Verdict);
    }
}
