using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>Numbers below their session's highest that have not arrived.</summary>
/// <param name="Lost">Of sessions that are closed, or silent for a day: late arrivals may still lower it.</param>
/// <param name="Awaited">Of sessions that are open: they may be on their way.</param>
public readonly record struct MissingNumbers(long Lost, long Awaited)
{
    /// <summary>Both together.</summary>
    public static MissingNumbers operator +(MissingNumbers one, MissingNumbers other) => new(one.Lost + other.Lost, one.Awaited + other.Awaited);
}

/// <summary>The KPIs of a release and a span of time, each with its numerator, denominator, target and verdict.</summary>
public sealed record KpiReport
{
    /// <summary>Art must be on screen within so many milliseconds.</summary>
    public const double DisplayTargetMs = 3000;

    private KpiReport()
    {
    }

    /// <summary>Impressions without viewed_at, repeats shown and repeats served, beside all impressions in the ledger. Target: 0.</summary>
    public required Kpi Legacy { get; init; }

    /// <summary>Impressions whose artwork had no viewed_at when they were added up, of all in the ledger. Target: 0.</summary>
    public required Kpi WithoutViewedAt { get; init; }

    /// <summary>Impressions in the ledger of artworks that their listener already had, of all in the ledger. Target: 0.</summary>
    public required Kpi DuplicatesRecorded { get; init; }

    /// <summary>Batches whose acceptance a client saw, of the requests that clients made for them and waited for. Target: over 0.99.</summary>
    public required Kpi BatchSuccess { get; init; }

    /// <summary>Batches that a page's hook flushed when the page hid, of those with which a page hid or ended. Target: 1.</summary>
    public required Kpi HookFlush { get; init; }

    /// <summary>Requests that outlive their page and arrived, of those that clients sent. Target: 1.</summary>
    public required Kpi BeaconDelivery { get; init; }

    /// <summary>Impressions that arrived again and were not recorded again, of all that arrived. Harmless.</summary>
    public required Kpi Duplicates { get; init; }

    /// <summary>Displays that clients skipped as flickers, of those and the displayed. Harmless.</summary>
    public required Kpi FlickerSkips { get; init; }

    /// <summary>
    /// Impressions that never arrived, of sessions opened in the span: numbers missing once their session is closed or silent for a day, and what clients gave up; of
    /// those and the recorded. Target: under 0.01.
    /// </summary>
    public required Kpi Lost { get; init; }

    /// <summary>As <see cref="Lost"/>, with what is missing of open sessions: more cannot have been lost. Target: under 0.01.</summary>
    public required Kpi LostAtMost { get; init; }

    /// <summary>Requests that batching saved, of the one an impression that there would be without it. Target: over 0.8. Negative if batching costs more than it saves.</summary>
    public required Kpi CallsSaved { get; init; }

    /// <summary>Median time in milliseconds until art is on screen. Target: under 3,000.</summary>
    public required Kpi FreshDisplayP50 { get; init; }

    /// <summary>95th percentile of the time in milliseconds until art is on screen. Target: under 3,000.</summary>
    public required Kpi FreshDisplayP95 { get; init; }

    /// <summary>Displays that took less than 3,000 ms, of all, exactly. Target: over 0.95, which says the same as the target of the 95th percentile.</summary>
    public required Kpi FreshDisplayUnderTarget { get; init; }

    /// <summary>All of them, in the order of the report.</summary>
    public ImmutableArray<Kpi> All =>
    [
        Legacy, WithoutViewedAt, DuplicatesRecorded, BatchSuccess, HookFlush, BeaconDelivery, Duplicates, FlickerSkips, Lost, LostAtMost, CallsSaved,
        FreshDisplayP50, FreshDisplayP95, FreshDisplayUnderTarget,
    ];

    /// <summary>Computes the report.</summary>
    /// <param name="counts">The sums over the span.</param>
    /// <param name="missing">Of the sessions opened in the span.</param>
    public static KpiReport From(KpiCounts counts, MissingNumbers missing)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegative(missing.Lost);
        ArgumentOutOfRangeException.ThrowIfNegative(missing.Awaited);
        var stored = counts.ImpressionsRecorded + counts.Repeats;
        var lost = missing.Lost + counts.Dropped;
        var lostAtMost = lost + missing.Awaited;
        var times = counts.DisplayTimes;
        return new KpiReport
        {
            Legacy = Kpi.None("legacy", counts.Repeats + counts.RepeatsServed + counts.WithoutViewedAt, stored),
            WithoutViewedAt = Kpi.None("withoutViewedAt", counts.WithoutViewedAt, stored),
            DuplicatesRecorded = Kpi.None("duplicatesRecorded", counts.Repeats, stored),
            BatchSuccess = Kpi.Over("batchSuccess", counts.BatchesAnswered, counts.AwaitedAttempts, 0.99),
            HookFlush = Kpi.All("hookFlush", counts.HookFlushes, counts.HookFlushes + counts.HookMisses),
            BeaconDelivery = Kpi.All("beaconDelivery", counts.BeaconsArrived, counts.BeaconsSent),
            Duplicates = Kpi.Watched("duplicates", counts.Duplicates, counts.Duplicates + stored + counts.Unknown),
            FlickerSkips = Kpi.Watched("flickerSkips", counts.FlickerSkips, counts.FlickerSkips + counts.Displayed),
            Lost = Kpi.Under("lost", lost, counts.SessionRecorded + lost, 0.01),
            LostAtMost = Kpi.Under("lostAtMost", lostAtMost, counts.SessionRecorded + lostAtMost, 0.01),
            CallsSaved = Kpi.Over("callsSaved", counts.ImpressionsRecorded - counts.Batches - counts.SinglePosts, counts.ImpressionsRecorded, 0.8),
            FreshDisplayP50 = Kpi.QuantileUnder("freshDisplayP50Ms", times, 0.5, DisplayTargetMs),
            FreshDisplayP95 = Kpi.QuantileUnder("freshDisplayP95Ms", times, 0.95, DisplayTargetMs),
            FreshDisplayUnderTarget = Kpi.Over("freshDisplayUnder3s", times.CountUnder(DisplayTargetMs), times.Total, 0.95),
        };
    }
}
