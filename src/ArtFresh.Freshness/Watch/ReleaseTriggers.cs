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
    string Name, KpiVerdict Verdict, double? Value, double Threshold, long Samples, TimeSpan Window, KpiUnit Unit, FigureSource Source, bool IsAlert = false)
{
    /// <summary>How many networks a claim comes from, over the shorter window where there are two; 0 for evidence.</summary>
    public int Networks { get; init; }
}

/// <summary>The counts of a release over one window.</summary>
/// <param name="Counts">The sums over the window.</param>
/// <param name="Networks">What clients claim, by network.</param>
public readonly record struct WatchWindow(KpiCounts Counts, NetworkVoices Networks);

/// <summary>
/// The triggers of a release. Two windows ignore short trouble and trouble that is over; the minimum of 50 batches guards against
/// chance: at 1 failure in 100, fewer than 90% of 50 succeed about once in 100,000 times. Burn rates and their windows are those of
/// Google's Site Reliability Workbook, chapter 5: 14.4 spends 2% of a month's error budget in an hour, 6 spends 5% in six hours. Evidence decides at once; claims need a quorum of networks in
/// each window, each with its share of the weight.
/// </summary>
public static class ReleaseTriggers
{
    /// <summary>Fewer samples are inconclusive.</summary>
    public const int SamplesMin = 50;

    /// <summary>Batch success under this fails a release.</summary>
    public const double BatchSuccessMin = 0.9;

    /// <summary>More than this share of impressions lost fails a release.</summary>
    public const double LossMax = 0.01;

    /// <summary>More than this share of displays that take 3 s or longer fails a release.</summary>
    public const double LateMax = 0.05;

    /// <summary>Failures that the objective of 99% allows.</summary>
    public const double ErrorBudget = 0.01;

    /// <summary>Burn rates that raise an alert: failures as a multiple of what the objective allows.</summary>
    public const double FastBurn = 14.4, SlowBurn = 6;

    /// <summary>The windows, shortest first.</summary>
    public static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5), HalfHour = TimeSpan.FromMinutes(30), Hour = TimeSpan.FromHours(1), SixHours = TimeSpan.FromHours(6);

    /// <summary>Judges all triggers.</summary>
    /// <param name="over">The release over the last five minutes, half hour, hour and six hours.</param>
    /// <param name="quorum">Networks that claims need.</param>
    public static ImmutableArray<Trigger> Judge(Func<TimeSpan, WatchWindow> over, int quorum)
    {
        ArgumentNullException.ThrowIfNull(over);
        var (five, half, hour, six) = (over(FiveMinutes), over(HalfHour), over(Hour), over(SixHours));
        var success = FromClaims("batchSuccess", Failed, 1 - BatchSuccessMin, HalfHour, quorum, five, half);
        return
        [
            success with { Value = 1 - success.Value, Threshold = BatchSuccessMin },
            NoneOf("servedTwice", half.Counts.ServedTwice, half.Counts),
            NoneOf("withoutViewedAt", half.Counts.WithoutViewedAt, half.Counts),
            FromClaims("freshDisplayP95Ms", count => (count.Displays, count.Late), LateMax, HalfHour, quorum, half) with
            {
                Value = half.Counts.DisplayTimes.Quantile(0.95),
                Threshold = ReleaseKpis.DisplayTargetMs,
                Unit = KpiUnit.Milliseconds,
            },
            FromClaims("lost", count => (count.Impressions + count.Lost, count.Lost), LossMax, HalfHour, quorum, half),
            Burn("burnRateFast", FastBurn, Hour, quorum, five, hour),
            Burn("burnRateSlow", SlowBurn, SixHours, quorum, half, six),
        ];
    }

    private static (long All, long Bad) Failed(NetworkCount count) => (count.Attempts, count.Failed);

    /// <summary>One violation fails a release, however few the samples.</summary>
    private static Trigger NoneOf(string name, long found, KpiCounts counts)
    {
        var arrivals = counts.Batches + counts.SinglePosts;
        var verdict = found > 0 ? KpiVerdict.Fail : arrivals < SamplesMin ? KpiVerdict.Inconclusive : KpiVerdict.Pass;
        return new Trigger(name, verdict, arrivals == 0 && found == 0 ? null : found, 0, arrivals, HalfHour, KpiUnit.Count, FigureSource.Evidence);
    }

    /// <summary>Fails where a quorum says in every window that more than the limit goes wrong; the value is the lowest share of the windows.</summary>
    private static Trigger FromClaims(
        string name, Func<NetworkCount, (long All, long Bad)> parts, double badMax, TimeSpan window, int quorum, params ReadOnlySpan<WatchWindow> windows)
    {
        double? value = null;
        var (isEnough, isOver, first) = (true, true, default(Hearing));
        for (var i = 0; i < windows.Length; i++)
        {
            var hearing = windows[i].Networks.Hear(parts, badMax);
            first = i == 0 ? hearing : first;
            isEnough &= hearing.IsEnough(quorum);
            isOver &= hearing.IsOver(badMax, quorum);
            value = hearing.Networks == 0 || first.Networks == 0 ? null : Math.Min(value ?? 1, hearing.BadShare);
        }

        var verdict = !isEnough ? KpiVerdict.Inconclusive : isOver ? KpiVerdict.Fail : KpiVerdict.Pass;
        return new Trigger(name, verdict, value, badMax, first.Samples, window, KpiUnit.Share, FigureSource.Claim) { Networks = first.Networks };
    }

    private static Trigger Burn(string name, double burnMax, TimeSpan window, int quorum, WatchWindow brief, WatchWindow lasting)
    {
        var failures = FromClaims(name, Failed, burnMax * ErrorBudget, window, quorum, brief, lasting);
        return failures with { Value = failures.Value / ErrorBudget, Threshold = burnMax, Unit = KpiUnit.Multiple, IsAlert = true };
    }
}
