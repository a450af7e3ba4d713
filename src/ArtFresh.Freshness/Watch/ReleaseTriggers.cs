using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>The verdict of one trigger of the release watch.</summary>
/// <param name="Name">camelCase.</param>
/// <param name="Verdict">Inconclusive if there are too few samples, which is not a pass.</param>
/// <param name="Value">What was measured; null if nothing was observed.</param>
/// <param name="Threshold">The limit that it is compared with.</param>
/// <param name="Samples">Number of samples, over the shorter window if there are two.</param>
/// <param name="Window">The longest window that the trigger reads.</param>
/// <param name="Unit">The unit of value and threshold.</param>
/// <param name="Source">Where the data comes from.</param>
/// <param name="IsAlert">Whether it only raises an alert, without failing the release.</param>
public readonly record struct Trigger(
    string Name, KpiVerdict Verdict, double? Value, double Threshold, long Samples, TimeSpan Window, KpiUnit Unit, FigureSource Source, bool IsAlert = false);

/// <summary>The counts of a release over one window.</summary>
/// <param name="Counts">The sums over the window.</param>
/// <param name="Lost">Numbers found lost in the window, because their session was closed or silent for a day.</param>
public readonly record struct WatchWindow(KpiCounts Counts, long Lost);

/// <summary>
/// The triggers of a release. Two windows ignore short trouble and trouble that is over; the minimum of 50 batches guards against
/// chance: at 1 failure in 100, fewer than 90% of 50 succeed about once in 100,000 times. Burn rates and their windows are those of
/// Google's Site Reliability Workbook, chapter 5: 14.4 spends 2% of a month's error budget in an hour, 6 spends 5% in six hours.
/// </summary>
public static class ReleaseTriggers
{
    /// <summary>Fewer samples are inconclusive.</summary>
    public const int SamplesMin = 50;

    /// <summary>Batch success under this fails a release.</summary>
    public const double BatchSuccessMin = 0.9;

    /// <summary>More than this share of impressions lost fails a release.</summary>
    public const double LossMax = 0.01;

    /// <summary>Failures that the objective of 99% allows.</summary>
    public const double ErrorBudget = 0.01;

    /// <summary>Burn rates that raise an alert: failures as a multiple of what the objective allows.</summary>
    public const double FastBurn = 14.4, SlowBurn = 6;

    /// <summary>The windows, shortest first.</summary>
    public static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5), HalfHour = TimeSpan.FromMinutes(30), Hour = TimeSpan.FromHours(1), SixHours = TimeSpan.FromHours(6);

    /// <summary>Judges all triggers.</summary>
    /// <param name="over">Returns the counts over the last five minutes, half hour, hour or six hours.</param>
    public static ImmutableArray<Trigger> Judge(Func<TimeSpan, WatchWindow> over)
    {
        ArgumentNullException.ThrowIfNull(over);
        var (five, half, hour, six) = (over(FiveMinutes), over(HalfHour), over(Hour), over(SixHours));
        return
        [
            BatchSuccess(five.Counts, half.Counts),
            NoneOf("servedTwice", half.Counts.RepeatsServed, half.Counts),
            NoneOf("withoutViewedAt", half.Counts.WithoutViewedAt, half.Counts),
            FreshDisplay(half.Counts.DisplayTimes),
            Loss(half),
            Burn("burnRateFast", five.Counts, hour.Counts, FastBurn, Hour),
            Burn("burnRateSlow", half.Counts, six.Counts, SlowBurn, SixHours),
        ];
    }

    private static Trigger BatchSuccess(KpiCounts five, KpiCounts half)
    {
        double? value = five.AwaitedAttempts == 0 ? null : Math.Max(Success(five), Success(half));
        var verdict = five.AwaitedAttempts < SamplesMin || half.AwaitedAttempts < SamplesMin ? KpiVerdict.Inconclusive : FailIf(value < BatchSuccessMin);
        return new Trigger("batchSuccess", verdict, value, BatchSuccessMin, five.AwaitedAttempts, HalfHour, KpiUnit.Share, FigureSource.Claim);
    }

    /// <summary>One violation fails a release, however few the samples.</summary>
    private static Trigger NoneOf(string name, long found, KpiCounts counts)
    {
        var arrivals = counts.Batches + counts.SinglePosts;
        var verdict = found > 0 ? KpiVerdict.Fail : arrivals < SamplesMin ? KpiVerdict.Inconclusive : KpiVerdict.Pass;
        return new Trigger(name, verdict, arrivals == 0 && found == 0 ? null : found, 0, arrivals, HalfHour, KpiUnit.Count, FigureSource.Evidence);
    }

    /// <summary>Judged by the exact count under 3 s: the quantile itself is interpolated.</summary>
    private static Trigger FreshDisplay(DisplayHistogram times)
    {
        var verdict = times.Total < SamplesMin ? KpiVerdict.Inconclusive : FailIf(times.ShareUnder(KpiReport.DisplayTargetMs) < 0.95);
        return new Trigger("freshDisplayP95Ms", verdict, times.Quantile(0.95), KpiReport.DisplayTargetMs, times.Total, HalfHour, KpiUnit.Milliseconds, FigureSource.Claim);
    }

    private static Trigger Loss(WatchWindow half)
    {
        var arrivals = half.Counts.Batches + half.Counts.SinglePosts;
        var lost = half.Lost + half.Counts.Dropped;
        var all = half.Counts.ImpressionsRecorded + lost;
        double? value = all == 0 ? null : (double)lost / all;
        return new Trigger("lost", arrivals < SamplesMin ? KpiVerdict.Inconclusive : FailIf(value > LossMax), value, LossMax, arrivals, HalfHour, KpiUnit.Share, FigureSource.Claim);
    }

    private static Trigger Burn(string name, KpiCounts brief, KpiCounts lasting, double burnMax, TimeSpan window)
    {
        double? value = brief.AwaitedAttempts == 0 ? null : Math.Min(1 - Success(brief), 1 - Success(lasting)) / ErrorBudget;
        var verdict = brief.AwaitedAttempts < SamplesMin ? KpiVerdict.Inconclusive : FailIf(value > burnMax);
        return new Trigger(name, verdict, value, burnMax, brief.AwaitedAttempts, window, KpiUnit.Multiple, FigureSource.Claim, IsAlert: true);
    }

    private static double Success(KpiCounts counts) => (double)counts.BatchesAnswered / counts.AwaitedAttempts;

    private static KpiVerdict FailIf(bool fails) => fails ? KpiVerdict.Fail : KpiVerdict.Pass;
}
