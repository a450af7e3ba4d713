using System.Reflection;
using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class KpiTests
{
    private static readonly PropertyInfo[] CountProperties = [.. typeof(KpiCounts).GetProperties().Where(property => property.PropertyType == typeof(long))];

    private static readonly Gen<double> Ms = Gen.Frequency((3, Gen.Double[0, 40_000]), (1, Gen.Double[2_990, 3_010]), (1, Gen.Int[0, DisplayHistogram.EdgesMs.Length - 1].Select(edge => DisplayHistogram.EdgesMs[edge])));

    private static readonly Gen<KpiCounts> AnyCounts = Gen.Select(Gen.Long[0, 1_000_000_000_000].Array[CountProperties.Length], Ms.Array[0, 30], Counts);

    [Fact]
    public void SumsAreAssociativeAndCommutativeAndHaveAZero() => Gen.Select(AnyCounts, AnyCounts, AnyCounts).Sample(
        (one, two, three) =>
        {
            Assert.Equal(one + two + three, one + (two + three));
            Assert.Equal(one + two, two + one);
            Assert.Equal(one, one + KpiCounts.Zero);
        });

    /// <summary>Reads the properties by reflection, so that a count that is added one day and forgotten in the sum is found.</summary>
    [Fact]
    public void EveryCountIsSummed() => Gen.Select(AnyCounts, AnyCounts).Sample(
        (one, two) =>
        {
            Assert.Equal(24, CountProperties.Length);
            var sum = one + two;
            Assert.All(CountProperties, count => Assert.Equal((long)count.GetValue(one)! + (long)count.GetValue(two)!, count.GetValue(sum)));
            Assert.Equal(one.DisplayTimes.Total + two.DisplayTimes.Total, sum.DisplayTimes.Total);
        });

    [Fact]
    public void OverflowingSumThrows() =>
        Assert.Throws<OverflowException>(() => new KpiCounts { Batches = long.MaxValue } + new KpiCounts { Batches = 1 });

    [Fact]
    public void CountUnderAnEdgeIsExact() => Ms.Array[1, 200].Sample(times =>
    {
        var histogram = DisplayHistogram.Empty.Add(times);
        Assert.Equal(times.Length, histogram.Total);
        Assert.All(DisplayHistogram.EdgesMs, edge => Assert.Equal(times.Count(ms => ms < edge), histogram.CountUnder(edge)));
        Assert.Equal(histogram, DisplayHistogram.FromCounts(histogram.Counts.AsSpan()));
    });

    [Fact]
    public void QuantileIsTheLowerEdgeOfTheTrueOnesBucket() => Gen.Select(Ms.Array[1, 200], Gen.Double[0.001, 1]).Sample((times, p) =>
    {
        var histogram = DisplayHistogram.Empty.Add(times);
        var exact = times.Order().ElementAt((int)Math.Ceiling(p * times.Length) - 1);
        Assert.Equal(DisplayHistogram.EdgesMs.Where(edge => edge <= exact).DefaultIfEmpty(0).Last(), histogram.Quantile(p));
    });

    [Fact]
    public void QuantileIsNeverAboveWhatWasMeasured()
    {
        var histogram = DisplayHistogram.Empty.Add(6850);
        Assert.Equal(5000, histogram.Quantile(0.95));
        Assert.Equal(0, DisplayHistogram.Empty.Add(49).Quantile(0.5));
        Assert.Equal(30_000, DisplayHistogram.Empty.Add(1e9).Quantile(0.5));
        Assert.Null(DisplayHistogram.Empty.Quantile(0.5));
    }

    [Fact]
    public void InvalidTimesEdgesAndHistogramsAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DisplayHistogram.Empty.Add(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DisplayHistogram.Empty.Add(double.NaN));
        Assert.Throws<ArgumentException>(() => DisplayHistogram.Empty.CountUnder(2999));
        Assert.Throws<ArgumentOutOfRangeException>(() => DisplayHistogram.Empty.Quantile(1.1));
        Assert.Throws<ArgumentException>(() => DisplayHistogram.FromCounts([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => DisplayHistogram.FromCounts([-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void ReportDividesTheSums()
    {
        var counts = new KpiCounts
        {
            Batches = 95,
            BatchesAnswered = 90,
            AwaitedAttempts = 100,
            ImpressionsRecorded = 1_990,
            SessionRecorded = 1_980,
            Repeats = 10,
            Revisits = 10,
            ServedTwice = 5,
            WithoutViewedAt = 2,
            Duplicates = 77,
            Unknown = 3,
            FlickerSkips = 20,
            Displayed = 1_980,
            HookFlushes = 9,
            HookMisses = 1,
            BeaconsSent = 8,
            BeaconsArrived = 6,
            SinglePosts = 5,
            DisplayTimes = DisplayHistogram.Empty.Add([.. Enumerable.Repeat(1200.0, 99), 3000]),
        };
        var report = ReleaseKpis.From(counts, new MissingNumbers(Lost: 10, Awaited: 20));
        Assert.Equal(45, ReleaseKpis.From(counts with { Unreported = 45 }, new MissingNumbers(10, 20)).LostAtMost.Numerator);
        AssertKpi(report.Violations, 7, 1_990, 7.0 / 1_990, KpiVerdict.Fail);
        Assert.Equal([report.Violations], report.All.Where(kpi => kpi.IsPromise));
        AssertKpi(report.WithoutViewedAt, 2, 1_990, 2.0 / 1_990, KpiVerdict.Fail);
        AssertKpi(report.ServedTwice, 5, 1_990, 5.0 / 1_990, KpiVerdict.Fail);
        AssertKpi(report.BatchSuccess, 90, 100, 0.9, KpiVerdict.Doubt);
        AssertKpi(report.HookFlush, 9, 10, 0.9, KpiVerdict.Doubt);
        AssertKpi(report.BeaconDelivery, 6, 8, 0.75, KpiVerdict.Doubt);
        AssertKpi(report.Duplicates, 77, 2_077, 77.0 / 2_077, KpiVerdict.Pass);
        AssertKpi(report.Repeats, 10, 2_000, 0.005, KpiVerdict.Pass);
        AssertKpi(report.Revisits, 10, 2_010, 10 / 2_010.0, KpiVerdict.Pass);
        AssertKpi(report.FlickerSkips, 20, 2_000, 0.01, KpiVerdict.Pass);
        AssertKpi(report.Lost, 10, 1_990, 10.0 / 1_990, KpiVerdict.Pass);
        AssertKpi(report.LostAtMost, 30, 2_010, 30.0 / 2_010, KpiVerdict.Pass);
        AssertKpi(report.CallsSaved, 1_890, 1_990, 1_890.0 / 1_990, KpiVerdict.Pass);
        // Fifty times the same batch saves no call, and is no share below 0.
        AssertKpi(ReleaseKpis.From(new() { ImpressionsRecorded = 1, Batches = 50 }, default).CallsSaved, 0, 1, 0, KpiVerdict.Doubt);
        AssertKpi(report.FreshDisplayP50, 50, 100, 1000, KpiVerdict.Pass);
        AssertKpi(report.FreshDisplayP95, 95, 100, 1000, KpiVerdict.Pass);
        AssertKpi(report.FreshDisplayUnderTarget, 99, 100, 0.99, KpiVerdict.Pass);
        Assert.Equal(17, report.All.Select(kpi => kpi.Name).Distinct().Count());
    }

    /// <summary>A figure that tells readers another relation than it is judged by would call a missed target met.</summary>
    [Fact]
    public void VerdictFollowsTheRelationThatTheKpiStates() => Gen.Select(AnyCounts, Gen.Long[0, 1_000_000]).Sample((counts, missing) =>
        Assert.All(ReleaseKpis.From(counts, new MissingNumbers(missing, missing)).All.Where(kpi => kpi.Value is not null), kpi => Assert.Equal(
            kpi switch
            {
                { Unit: KpiUnit.Count } => kpi.Numerator == 0,
                { Relation: KpiRelation.Exactly } => kpi.Value == kpi.Target,
                { Relation: KpiRelation.Under } => kpi.Value < kpi.Target,
                { Relation: KpiRelation.Over } => kpi.Value > kpi.Target,
                _ => true,
            },
            kpi.Verdict == KpiVerdict.Pass)));

    /// <summary>One client is enough for any claim: what is told operators as a failure is evidence.</summary>
    [Fact]
    public void NoClaimFailsAndNoEvidenceIsDoubted() => Gen.Select(AnyCounts, Gen.Long[0, 1_000_000]).Sample((counts, missing) =>
        Assert.All(ReleaseKpis.From(counts, new MissingNumbers(missing, missing)).All, kpi =>
            Assert.NotEqual(kpi.Source == FigureSource.Claim ? KpiVerdict.Fail : KpiVerdict.Doubt, kpi.Verdict)));

    [Fact]
    public void NothingObservedIsInconclusive() =>
        Assert.All(ReleaseKpis.From(KpiCounts.Zero, default).All, kpi => Assert.Equal((KpiVerdict.Inconclusive, null), (kpi.Verdict, kpi.Value)));

    [Fact]
    public void OneViolationFailsEvenWhereThereIsNothingElse()
    {
        var counts = new KpiCounts { ImpressionsRecorded = 100 };
        Assert.Equal(KpiVerdict.Pass, ReleaseKpis.From(counts, default).Violations.Verdict);
        Assert.Equal(KpiVerdict.Fail, ReleaseKpis.From(counts with { ServedTwice = 1 }, default).Violations.Verdict);
        var servedTwice = ReleaseKpis.From(KpiCounts.Zero with { ServedTwice = 2 }, default);
        Assert.Equal((2, KpiVerdict.Fail), (servedTwice.Violations.Numerator, servedTwice.Violations.Verdict));
        Assert.Equal(2, servedTwice.ServedTwice.Numerator);
        Assert.Equal(KpiVerdict.Fail, ReleaseKpis.From(KpiCounts.Zero with { WithoutViewedAt = 1 }, default).Violations.Verdict);
    }

    [Fact]
    public void RepeatsAreCountedAndFailNothing()
    {
        var report = ReleaseKpis.From(new KpiCounts { ImpressionsRecorded = 1, Repeats = 99 }, default);
        Assert.Equal((99, 100), (report.Repeats.Numerator, report.Repeats.Denominator));
        Assert.DoesNotContain(report.All, kpi => kpi.Verdict == KpiVerdict.Fail && kpi.Name is "legacy" or "duplicatesRecorded" or "repeats");
        Assert.Equal((0, 0), (report.Violations.Numerator, report.ServedTwice.Numerator));
    }

    [Theory]
    [InlineData(99, 100, KpiVerdict.Doubt)]
    [InlineData(991, 1000, KpiVerdict.Pass)]
    public void TargetOfBatchSuccessMustBeExceeded(long answered, long attempts, KpiVerdict verdict) =>
        Assert.Equal(verdict, ReleaseKpis.From(new KpiCounts { BatchesAnswered = answered, AwaitedAttempts = attempts }, default).BatchSuccess.Verdict);

    [Theory]
    [InlineData(99, 1, KpiVerdict.Doubt)]
    [InlineData(991, 9, KpiVerdict.Pass)]
    public void LossMustStayUnderItsTarget(long recorded, long missing, KpiVerdict verdict) =>
        Assert.Equal(verdict, ReleaseKpis.From(new KpiCounts { SessionRecorded = recorded }, new MissingNumbers(missing, 0)).Lost.Verdict);

    [Fact]
    public void DroppedImpressionsCountAsLost() =>
        AssertKpi(ReleaseKpis.From(new KpiCounts { SessionRecorded = 95, Dropped = 3 }, new MissingNumbers(2, 0)).Lost, 5, 100, 0.05, KpiVerdict.Doubt);

    private static KpiCounts Counts(long[] values, double[] times)
    {
        var counts = new KpiCounts { DisplayTimes = DisplayHistogram.Empty.Add(times) };
        for (var i = 0; i < CountProperties.Length; i++)
        {
            CountProperties[i].SetValue(counts, values[i]);
        }

        return counts;
    }

    private static void AssertKpi(Kpi kpi, long numerator, long denominator, double value, KpiVerdict verdict)
    {
        Assert.Equal((numerator, denominator, verdict), (kpi.Numerator, kpi.Denominator, kpi.Verdict));
        Assert.Equal(value, kpi.Value!.Value, 9);
    }
}
