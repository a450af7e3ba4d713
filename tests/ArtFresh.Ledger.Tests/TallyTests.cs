using ArtFresh.Contracts;
using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.Ledger.Tests;

public sealed class TallyTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 12, 34, 56, TimeSpan.Zero);

    [Fact]
    public void ViewsAreSummedByPageWithTheLastTimeOfEachArtwork()
    {
        var sums = new ViewSums();
        sums.Add([1, 2, 256], At);
        sums.Add([1], At.AddSeconds(-5));
        sums.Add(new ViewsAdded(256, 3, At.AddSeconds(5)));

        Assert.Equal([0L, 1L], sums.Pages.Select(page => page.Number));
        Assert.Equal([new(1, 2, At), new(2, 1, At), new ViewsAdded(256, 4, At.AddSeconds(5))], sums.OrderBy(views => views.ArtworkId));
    }

    [Fact]
    public void ClearedSumsHaveNoViewsAndNoPages()
    {
        var sums = new ViewSums();
        sums.Add([1, 300], At);
        sums.Clear();
        sums.Add([300], At);

        Assert.Equal([new ViewsAdded(300, 1, At)], sums);
        Assert.Equal([1L], sums.Pages.Select(page => page.Number));
    }

    [Fact]
    public void PageOfViewsSurvivesSerialization()
    {
        var sums = new ViewSums();
        sums.Add([255, 255, 0], At);
        var page = ViewsPage.FromBytes(null);
        page.Add(sums.Pages.Single());
        page.Add(sums.Pages.Single());

        var again = ViewsPage.FromBytes(page.ToBytes());

        Assert.Equal((4L, At), again.Read(255));
        Assert.Equal((2L, At), again.Read(0));
        Assert.Equal((0L, null), again.Read(1));
        Assert.Equal([256, 511], new[] { ViewsPage.ArtworksOf(1).First(), ViewsPage.ArtworksOf(1).Last() });
    }

    [Fact]
    public void PageOfAnotherVersionOrLengthIsRefused()
    {
        var bytes = ViewsPage.FromBytes(null).ToBytes();
        Assert.Throws<InvalidDataException>(() => ViewsPage.FromBytes([]));
        Assert.Throws<InvalidDataException>(() => ViewsPage.FromBytes(bytes[1..]));
        bytes[0]++;
        Assert.Throws<InvalidDataException>(() => ViewsPage.FromBytes(bytes));
    }

    [Fact]
    public void CountersAreSummedByReleaseAndHour()
    {
        var sums = new CounterSums(TimeSpan.FromHours(1));
        sums.Of("r1", At).Add("Batches", 1);
        sums.Of("r1", At.AddMinutes(25)).Add("Batches", 2);
        sums.Of("r1", At.AddMinutes(26)).Add("Batches", 4);
        sums.Of("r2", At).Add("Repeats", 0);

        Assert.Equal(
            [new("r1", new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero), "Batches", 3), new CounterAdded("r1", new DateTimeOffset(2026, 11, 1, 13, 0, 0, TimeSpan.Zero), "Batches", 4)],
            sums.All.OrderBy(counter => counter.Hour));
    }

    [Fact]
    public void BatchCountsItsImpressionsAndItsReport()
    {
        var report = new DeliveryReport(3, 2, "fetch", "size", 1, [100, 5_000, 100], 0, "indexeddb", null);
        var account = new BatchAccount { IsFirst = true, IsAnswered = true, IsReported = true, Attempts = 2 };
        var impressions = PackedImpressions.Pack([new(1, 7, ImpressionOutcome.Recorded), new(2, 8, ImpressionOutcome.Recorded), new(3, 7, ImpressionOutcome.Repeat), new(4, 99, ImpressionOutcome.Unknown)]);

        var counts = CountsOf(new LoggedBatch(1, "r1", At, At, impressions, 5, report, account.Pack()), unviewed: [8]);

        Assert.Equal((1, 1, 2), (counts.Batches, counts.BatchesAnswered, counts.AwaitedAttempts));
        Assert.Equal((2, 1, 1, 1, 5), (counts.ImpressionsRecorded, counts.Repeats, counts.Unknown, counts.WithoutViewedAt, counts.Duplicates));
        Assert.Equal((3, 2, 1, 0, 0), (counts.Displayed, counts.FlickerSkips, counts.IndexedDbBatches, counts.LocalStorageBatches, counts.SinglePosts));
    }

    [Fact]
    public void RepeatsOnPurposeAreCountedAsRevisits()
    {
        var impressions = PackedImpressions.Pack([new(1, 7, ImpressionOutcome.Repeat), new(2, 8, ImpressionOutcome.Repeat), new(3, 9, ImpressionOutcome.Repeat)]);

        var counts = CountsOf(new LoggedBatch(1, "r1", At, At, impressions, 0, null, null, Revisits: 2), unviewed: []);

        Assert.Equal((1, 2), (counts.Repeats, counts.Revisits));
    }

    [Fact]
    public void ReportIsCountedOnce()
    {
        var report = new DeliveryReport(3, 2, "beacon", "hidden", 1, [100], 4, "memory", 1);
        var account = new BatchAccount { IsReported = false, BeaconsSent = 1, BeaconsArrived = 1 };
        var batch = new TalliedBatch(new LoggedBatch(1, "r1", At, At, SmallLedger.Pack((1, 7)), 0, report, account.Pack()));

        var counts = CountsOf(batch.Batch, unviewed: []);

        Assert.Empty(batch.NewDisplays);
        Assert.Equal((0, 0, 0), (counts.Displayed, counts.MemoryBatches, counts.Dropped));
        Assert.Equal((1, 1, 1), (counts.BeaconsSent, counts.BeaconsArrived, counts.ImpressionsRecorded));
    }

    [Fact]
    public void RowWithoutAccountAndReportIsASinglePost()
    {
        var counts = CountsOf(new LoggedBatch(1, "r1", At, At, SmallLedger.Pack((1, 7)), 0, null, null), unviewed: []);

        Assert.Equal((1, 0, 1), (counts.SinglePosts, counts.Batches, counts.ImpressionsRecorded));
    }

    [Fact]
    public void EachPartOfAnAccountIsCounted()
    {
        var account = new BatchAccount { IsHookFlush = true, BeaconsSent = 3, BeaconsArrived = 2, Attempts = 4, Refused = 5 };

        var counts = CountsOf(Batch(account, null, (1, 7)), unviewed: []);

        Assert.Equal((0, 0, 4), (counts.Batches, counts.BatchesAnswered, counts.AwaitedAttempts));
        Assert.Equal((1, 0, 3, 2, 5), (counts.HookFlushes, counts.HookMisses, counts.BeaconsSent, counts.BeaconsArrived, counts.ClaimsRefused));
        var missed = CountsOf(Batch(new BatchAccount { IsHookMiss = true }, null, (1, 7)), unviewed: []);
        Assert.Equal((0, 1), (missed.HookFlushes, missed.HookMisses));
    }

    [Fact]
    public void RowOfAnOlderReleaseCountsAsAnAnsweredBatch()
    {
        var two = CountsOf(new LoggedBatch(1, "r1", At, At, SmallLedger.Pack((1, 7), (2, 8)), 0, null, null), unviewed: []);
        var reported = CountsOf(new LoggedBatch(1, "r1", At, At, SmallLedger.Pack((1, 7)), 0, Report("localstorage", dropped: 2), null), unviewed: []);

        Assert.Equal((1, 1, 1, 0), (two.Batches, two.BatchesAnswered, two.AwaitedAttempts, two.SinglePosts));
        Assert.Equal((1, 1, 3, 0), (reported.Batches, reported.BatchesAnswered, reported.AwaitedAttempts, reported.SinglePosts));
        Assert.Equal((6, 1, 2, 1), (reported.Displayed, reported.LocalStorageBatches, reported.Dropped, reported.SessionRecorded));
    }

    [Fact]
    public void SinglePostIsCountedOnlyWithAnImpression()
    {
        var repeat = PackedImpressions.Pack([new(1, 7, ImpressionOutcome.Repeat)]);

        Assert.Equal(1, CountsOf(new LoggedBatch(1, "r1", At, At, repeat, 0, null, BatchAccount.Single.Pack()), []).SinglePosts);
        Assert.Equal(0, CountsOf(new LoggedBatch(1, "r1", At, At, PackedImpressions.Pack([]), 1, null, BatchAccount.Single.Pack()), []).SinglePosts);
        Assert.Equal(0, CountsOf(Batch(new BatchAccount { IsFirst = true }, null, (1, 7)), []).SinglePosts);
    }

    [Fact]
    public void RecordedImpressionsOfALoggedBatchNeedNoPackedForm()
    {
        var batch = new TalliedBatch(new LoggedBatch(1, "r1", At, At, null, 0, null, new BatchAccount { IsFirst = true }.Pack(), new long[] { 7, 8 }));

        Assert.Equal([7, 8], batch.Recorded.ToArray());
    }

    [Fact]
    public void DisplayTimesFallIntoTheirBuckets()
    {
        var counts = CountsOf(Batch(new BatchAccount { IsReported = true }, Report("memory", 0, 100, 2_999, 3_000, 9_000), (1, 7)), []);

        Assert.Equal((4, 2, 1), (counts.DisplayTimes.Total, counts.DisplayTimes.CountUnder(ReleaseKpis.DisplayTargetMs), counts.MemoryBatches));
    }

    [Fact]
    public void NetworksCountsAreItsClientsClaims()
    {
        var answered = new TalliedBatch(Batch(new BatchAccount { IsAnswered = true, IsReported = true, Attempts = 3 }, Report("memory", 2, 100, 2_999, 3_000), (1, 7), (2, 8)));
        var unanswered = new TalliedBatch(Batch(new BatchAccount { Attempts = 3 }, Report("memory", 2, 5_000), (1, 7)));
        var beacon = new TalliedBatch(Batch(new BatchAccount { IsAnswered = true }, null, (1, 7)));

        Assert.Equal(new NetworkCount(Attempts: 3, Failed: 2, Impressions: 2, Lost: 2, Displays: 3, Late: 1), answered.Claims());
        Assert.Equal(new NetworkCount(Attempts: 3, Failed: 3, Impressions: 1, Lost: 0, Displays: 0, Late: 0), unanswered.Claims());
        Assert.Equal(new NetworkCount(Attempts: 0, Failed: 0, Impressions: 1, Lost: 0, Displays: 0, Late: 0), beacon.Claims());
    }

    private static DeliveryReport Report(string journal, int dropped, params int[] displayMs) => new(6, 0, "fetch", "size", 3, [.. displayMs], dropped, journal, null);

    private static LoggedBatch Batch(BatchAccount account, DeliveryReport? report, params (long Number, long ArtworkId)[] shown) =>
        new(1, "r1", At, At, SmallLedger.Pack(shown), 0, report, account.Pack());

    private static KpiCounts CountsOf(LoggedBatch logged, HashSet<long> unviewed)
    {
        var sums = new CounterSums(TimeSpan.FromHours(1));
        var batch = new TalliedBatch(logged);
        batch.AddArrival(sums.Of("r1", At), unviewed);
        batch.AddSession(sums.Of("r1", At));
        return ReleaseCounters.Sum(sums.All);
    }
}
