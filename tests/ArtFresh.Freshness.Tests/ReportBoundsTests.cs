using System.Collections.Immutable;
using ArtFresh.Contracts;

namespace ArtFresh.Freshness.Tests;

/// <summary>What a client says of itself stays within what the server knows; what lies outside leaves the figures and is counted.</summary>
public sealed class ReportBoundsTests
{
    private static readonly DeliveryReport Honest = new(2, 1, "fetch", "size", 1, [100, 2_900]);

    /// <summary>A session ten seconds old that was given three artworks, none of which is reported.</summary>
    private static readonly SessionEvidence Evidence = new(TimeSpan.FromSeconds(10), Served: 3, Unreported: 3, Arrivals: 1, Requests: 1, Skipped: 0, Dropped: 0, Missing: 0);

    [Fact]
    public void HonestReportStaysAsItIs() => Assert.Equal((Honest, 0), Apply(Honest));

    [Fact]
    public void MoreDisplaysThanServedAreNone() => Assert.Equal((Honest with { Displayed = 0, DisplayMs = [] }, 2), Apply(Honest with { Displayed = 4 }));

    [Theory]
    [InlineData(110, 110, 0)]
    [InlineData(111, 0, 1)]
    public void FlickersAreTenASecondAtMost(int claimed, int kept, int refused) =>
        Assert.Equal((Honest with { Skipped = kept }, refused), Apply(Honest with { Skipped = claimed }));

    [Fact]
    public void EarlierFlickersCount() => Assert.Equal((Honest with { Skipped = 0 }, 1), Apply(Honest with { Skipped = 6 }, Evidence with { Skipped = 105 }));

    [Theory]
    [InlineData(0, 0, 3, 0)]
    [InlineData(1, 0, 3, 1)]
    [InlineData(0, 1, 3, 1)]
    [InlineData(1, 1, 1, 0)]
    public void DroppedIsWhatNothingElseAccountsFor(long dropped, long missing, int claimed, int refused) =>
        Assert.Equal((Honest with { Dropped = refused == 0 ? claimed : 0 }, refused), Apply(Honest with { Dropped = claimed }, Evidence with { Dropped = dropped, Missing = missing }));

    [Theory]
    [InlineData(12, 0)]
    [InlineData(13, 1)]
    public void OneRequestASecondCanHaveGoneUnheard(int attempts, int refused) =>
        Assert.Equal((Honest with { Attempts = refused == 0 ? attempts : 1 }, refused), Apply(Honest with { Attempts = attempts }));

    [Fact]
    public void BeaconsAreRequestsToo() => Assert.Equal((Honest, 1), Apply(Honest with { Beacons = 1_000 }));

    [Fact]
    public void TimesBeyondTheWaitAreLeftOutEachArtworkOnce()
    {
        var (report, refused) = ReportBounds.Apply(Honest with { Displayed = 3, DisplayMs = [7_000, 100, 6_000] }, Evidence, null, [5_000, 6_500, 500]);

        Assert.Equal(1, refused);
        Assert.Equal([100, 6_000], report.DisplayMs);
    }

    [Fact]
    public void MoreTimesThanDisplaysAreLeftOut() => Assert.Equal([100], Apply(Honest with { Displayed = 1 }).Report.DisplayMs);

    [Fact]
    public void NumbersAndMissingFollowFromWhatWasServed()
    {
        Assert.Equal(3 + Limits.GenomeSeedsMax + 11 + 5, Evidence.NumberMax(5));
        Assert.Equal(1 + Limits.GenomeSeedsMax + 1, new SessionEvidence(TimeSpan.FromSeconds(-5), 1, 0, 0, 0, 0, 0, 0).NumberMax(0));
        Assert.Equal((2, 3, 0), (Evidence.MissingOf(2), Evidence.MissingOf(1_000_000), (Evidence with { Dropped = 4 }).MissingOf(1)));
        Assert.Equal((14_000, 6_000, 4_000), (Evidence.DisplayMaxMs(null), Evidence.DisplayMaxMs(2_000), Evidence.DisplayMaxMs(-1)));
    }

    private static (DeliveryReport Report, int Refused) Apply(DeliveryReport report, SessionEvidence? evidence = null)
    {
        var (bounded, refused) = ReportBounds.Apply(report, evidence ?? Evidence, null, [3_000, 3_000, 3_000]);
        // Two arrays of the same times are equal here.
        return (bounded with { DisplayMs = Same(bounded.DisplayMs) }, refused);
    }

    private static ImmutableArray<int> Same(ImmutableArray<int> times) => times.SequenceEqual(Honest.DisplayMs) ? Honest.DisplayMs : times.IsEmpty ? [] : times;
}
