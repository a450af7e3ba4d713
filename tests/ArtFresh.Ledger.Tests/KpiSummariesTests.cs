using ArtFresh.Contracts;
using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.Ledger.Tests;

public sealed class KpiSummariesTests : ILedgerFigures
{
    private static readonly DateTimeOffset Now = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Today = new(2026, 11, 3, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Yesterday = new(2026, 11, 2, 23, 0, 0, TimeSpan.Zero);

    private readonly List<CounterAdded> _counters =
    [
        new("r2", Today, "ImpressionsRecorded", 40), new("r2", Today, "SessionRecorded", 40), new("r1", Yesterday, "ImpressionsRecorded", 60),
        new("r1", Yesterday, "SessionRecorded", 60), new("drill", Today, "ImpressionsRecorded", 500), new("r1", Yesterday, "WithoutViewedAt", 3),
    ];

    private readonly List<SessionGap> _gaps =
    [
        new("r1", Yesterday, 5, Yesterday, Yesterday), new("r2", Today, 7, null, Today), new("drill", Today, 900, Today, Today),
    ];

    private readonly List<LoggedBatch> _batches = [];

    private readonly HashSet<string> _known = ["r1", "r2"];

    private (DateTimeOffset From, string? Release) _asked;
    private DateTimeOffset? _lossAt;

    [Fact]
    public async Task FiguresAreOfAllDaysTogetherAndOfEachDay()
    {
        var summary = await ReadAsync(3, null);

        Assert.Equal((new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), null), _asked);
        Assert.Null(summary.Release);
        Assert.Equal(["r1", "r2"], summary.Releases);
        Assert.Equal((3, 100), Of(summary.Figures, "withoutViewedAt"));
        Assert.Equal([(new(2026, 11, 1), false), (new(2026, 11, 2), true), (new DateOnly(2026, 11, 3), true)], summary.Days.Select(day => (day.Day, day.Observed)));
        Assert.Equal([(0, 0), (3, 60), (0, 40)], summary.Days.Select(day => Of(day.Figures, "withoutViewedAt")));
    }

    [Fact]
    public async Task MissingNumbersAreLostOfTheDayOfTheirSessionOnceItEnded()
    {
        var summary = await ReadAsync(2, null);

        Assert.Equal(((5, 105), (12, 112)), (Of(summary.Figures, "lost"), Of(summary.Figures, "lostAtMost")));
        Assert.Equal([(5, 65), (0, 40)], summary.Days.Select(day => Of(day.Figures, "lost")));
    }

    /// <summary>Whatever name its clients give: what they recorded, were served and have lost is counted under one.</summary>
    [Fact]
    public async Task ReleaseThatNobodyVouchesForIsCountedAsOtherInAllFigures()
    {
        _counters.AddRange(
        [
            new("other", Today, "ImpressionsRecorded", 30), new("other", Today, "SessionRecorded", 30), new("made-up", Today, ReleaseCounters.SessionServed, 50),
            new("left", Today, "SessionRecorded", 5), new("left", Today, ReleaseCounters.SessionServed, 9),
        ]);
        _gaps.AddRange([new SessionGap("made-up", Today, 8, Today, Today), new SessionGap("left", Today, 2, Today, Today)]);

        var (other, madeUp, left, all) = (await ReadAsync(1, "other"), await ReadAsync(1, "made-up"), await ReadAsync(1, "left"), await ReadAsync(1, null));

        Assert.Equal(((8, 38), (20, 50)), (Of(other.Figures, "lost"), Of(other.Figures, "lostAtMost")));
        Assert.Equal(((0, 0), (0, 0)), (Of(madeUp.Figures, "lost"), Of(madeUp.Figures, "lostAtMost")));
        // It was known once.
        Assert.Equal(((2, 7), (4, 9)), (Of(left.Figures, "lost"), Of(left.Figures, "lostAtMost")));
        Assert.Equal(["other", "", "left"], [.. new[] { other, madeUp, left }.Select(summary => string.Join(' ', summary.Releases))]);
        Assert.Equal(["left", "other", "r2"], all.Releases);
    }

    [Fact]
    public async Task RobotsCountOnlyInTheirOwnFigures()
    {
        var summary = await ReadAsync(1, "drill");

        Assert.Equal((new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero), "drill"), _asked);
        Assert.Equal("drill", summary.Release);
        Assert.Equal(["drill"], summary.Releases);
        Assert.Equal((900, 900), Of(summary.Figures, "lost"));
    }

    [Fact]
    public async Task EachFigureNamesItsUnitRelationSourceAndVerdict()
    {
        var figures = (await ReadAsync(2, null)).Figures.ToDictionary(figure => figure.Name);

        Assert.Equal(("count", "exactly", "evidence", "fail"), WordsOf(figures["withoutViewedAt"]));
        Assert.Equal(("share", "under", "claim", "doubt"), WordsOf(figures["lost"]));
        Assert.Equal(("share", "over", "claim", "inconclusive"), WordsOf(figures["batchSuccess"]));
        Assert.Equal(("share", "over", "claim", "pass"), WordsOf(figures["callsSaved"]));
        Assert.Equal(("share", "any", "evidence"), (figures["duplicates"].Unit, figures["duplicates"].Relation, figures["duplicates"].Source));
        Assert.Equal(("ms", "under", "claim", "inconclusive"), WordsOf(figures["freshDisplayP95Ms"]));
        Assert.Equal(["count", "ms", "multiple", "share"], Enum.GetValues<KpiUnit>().Select(KpiSummaries.WordOf).Order());
    }

    /// <summary>What a ledger served before it went back is lost with it: nothing bounds what was shown of that.</summary>
    [Fact]
    public async Task NothingIsABoundOfDaysBeforeTheLedgerWentBack()
    {
        _lossAt = Today;
        _counters.AddRange([new("r1", Yesterday, "SessionServed", 70), new("r2", Today.AddDays(1), "SessionServed", 50)]);

        var summary = await ReadAsync(2, null);
        _lossAt = new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero);
        var after = await ReadAsync(2, null);

        Assert.Equal((null, "inconclusive"), BoundOf(summary.Figures));
        Assert.All(summary.Days, day => Assert.Null(BoundOf(day.Figures).Value));
        Assert.Equal([false, true], after.Days.Select(day => BoundOf(day.Figures).Value is not null));

        static (double? Value, string Verdict) BoundOf(IEnumerable<KpiFigure> figures) => figures.Where(figure => figure.Name == "lostAtMost").Select(figure => (figure.Value, figure.Verdict)).Single();
    }

    /// <summary>One network among 61 turned four figures from pass to doubt, and one that nobody else speaks of from inconclusive to 0%.</summary>
    [Fact]
    public async Task OneNetworkOfManyChangesNoVerdict()
    {
        Speak(1, 60, Honest, 10);
        var honest = Verdicts(await ReadAsync(1, "r2"));
        for (var i = 0; i < 100; i++)
        {
            Speak(900, 1, Lying, 1, dropped: 9);
        }

        var lied = await ReadAsync(1, "r2");

        Assert.Equal(["pass", "pass", "pass", "pass", "inconclusive"], honest);
        Assert.Equal(honest, Verdicts(lied));
        Assert.Equal(honest, Verdicts(lied.Days.Single().Figures));
        // What the liar claims is in no number either.
        Assert.Equal(((0, 0), (60, 60)), (Of(lied.Figures, "batchSuccess"), Of(lied.Figures, "hookFlush")));
    }

    [Fact]
    public async Task FaultThatSeveralNetworksHaveAndTheFaultOfTheOnlyOneAreInDoubt()
    {
        Speak(1, 54, Honest, 10);
        Speak(55, 6, Lying, 1, dropped: 9);
        Assert.Equal(["doubt", "doubt", "doubt", "pass", "doubt"], Verdicts(await ReadAsync(1, "r2")));

        _counters.RemoveAll(counter => counter.Hour == Today);
        _batches.Clear();
        Speak(900, 1, Lying, 1, dropped: 9);
        Assert.Equal(["doubt", "doubt", "doubt", "doubt", "doubt"], Verdicts(await ReadAsync(1, "r2")));
    }

    [Fact]
    public void MissingNumbersAreLostAtTheEndOfASessionOrADayAfterItsLastBatch()
    {
        var silent = new SessionGap("r1", Yesterday, 2, null, Now.AddDays(-1));

        Assert.Equal(Yesterday, KpiSummaries.LostAt(silent with { EndedAt = Yesterday }, Now));
        Assert.Equal(Now, KpiSummaries.LostAt(silent, Now));
        Assert.Null(KpiSummaries.LostAt(silent with { LastBatchAt = Now.AddDays(-1).AddTicks(1) }, Now));
    }

    public Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken)
    {
        _asked = (from, release);
        return Task.FromResult<IReadOnlyList<CounterAdded>>([.. _counters.Where(counter => counter.Hour >= from && (release ?? counter.Release) == counter.Release)]);
    }

    public Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SessionGap>>([.. _gaps.Where(gap => gap.OpenedAt >= from && (release ?? gap.Release) == gap.Release)]);

    public Task<DateTimeOffset?> ReadLastLossAsync(CancellationToken cancellationToken) => Task.FromResult(_lossAt);

    public Task<IReadOnlyList<LoggedBatch>> ReadNewestBatchesAsync(DateTimeOffset from, int count, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LoggedBatch>>([.. _batches.Where(batch => batch.ReceivedAt >= from).Take(count)]);

    public Task<LegacyCounts> CountLegacyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private static readonly BatchAccount Honest = new() { IsFirst = true, IsReported = true, IsHookFlush = true, BeaconsSent = 1, BeaconsArrived = 1 };
    private static readonly BatchAccount Lying = new() { IsFirst = true, IsReported = true, IsHookMiss = true, Attempts = 100, BeaconsSent = 50 };

    /// <summary>A batch of each of some networks.</summary>
    private void Speak(int first, int networks, BatchAccount account, int recorded, int dropped = 0)
    {
        var sums = new CounterSums(TimeSpan.FromHours(1));
        for (var network = first; network < first + networks; network++)
        {
            var impressions = PackedImpressions.Pack([.. Enumerable.Range(1, recorded).Select(number => new PackedImpression(number, number, ImpressionOutcome.Recorded))]);
            var report = new DeliveryReport(recorded, 0, "beacon", "hidden", 1, [], dropped);
            _batches.Add(new LoggedBatch(_batches.Count + 1, "r2", Today, Today, impressions, 0, report, account.Pack(), Network: network));
            var tallied = new TalliedBatch(_batches[^1]);
            tallied.AddArrival(sums.Of("r2", Today), []);
            tallied.AddSession(sums.Of("r2", Today));
        }

        _counters.AddRange(sums.All);
    }

    private static string[] Verdicts(KpiSummary summary) => Verdicts(summary.Figures);

    private static string[] Verdicts(IEnumerable<KpiFigure> figures) =>
        [.. new[] { "hookFlush", "beaconDelivery", "lost", "callsSaved", "batchSuccess" }.Select(name => figures.Single(figure => figure.Name == name).Verdict)];

    private static (long Numerator, long Denominator) Of(IEnumerable<KpiFigure> figures, string name)
    {
        var figure = figures.Single(one => one.Name == name);
        return (figure.Numerator, figure.Denominator);
    }

    private static (string Unit, string Relation, string Source, string Verdict) WordsOf(KpiFigure figure) => (figure.Unit, figure.Relation, figure.Source, figure.Verdict);

    private Task<KpiSummary> ReadAsync(int days, string? release) => KpiSummaries.ReadAsync(this, new Clock(), days, release, name => _known.Contains(name) || ReleaseName.IsRobot(name) ? name : ReleaseName.Other, TestContext.Current.CancellationToken);

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
