using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>The KPIs of a release and a span of time, each with its numerator, denominator, target and verdict.</summary>
public sealed record KpiReport
{
    /// <summary>Art must be on screen within so many milliseconds.</summary>
    public const double DisplayTargetMs = 3000;

    private KpiReport()
    {
    }

    /// <summary>Impressions without viewed_at and repeats, of all impressions in the ledger. Target: 0.</summary>
    public required Kpi Legacy { get; init; }

    /// <summary>Batches accepted, of the requests that clients made for them. Target: over 0.99.</summary>
    public required Kpi BatchSuccess { get; init; }

    /// <summary>Impressions in the ledger of artworks that their listener already had, of all in the ledger. Target: 0.</summary>
    public required Kpi DuplicatesRecorded { get; init; }

    /// <summary>Impressions that never arrived (numbers missing, and what clients gave up), of those and the recorded. Target: under 0.01.</summary>
    public required Kpi Lost { get; init; }

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
        [Legacy, BatchSuccess, DuplicatesRecorded, Lost, CallsSaved, FreshDisplayP50, FreshDisplayP95, FreshDisplayUnderTarget];

    /// <summary>Computes the report.</summary>
    /// <param name="counts">The sums over the span.</param>
    /// <param name="impressionsMissing">Numbers below their session's highest that never arrived, 0 or more.</param>
    /// <param name="impressionsWithoutViewedAt">What the legacy query found. Null if it was not asked: then legacy can fail by a repeat, but never pass.</param>
    public static KpiReport From(KpiCounts counts, long impressionsMissing, long? impressionsWithoutViewedAt = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegative(impressionsMissing);
        var stored = counts.ImpressionsRecorded + counts.Repeats;
        var calls = counts.Batches + counts.SinglePosts;
        var lost = impressionsMissing + counts.Dropped;
        var times = counts.DisplayTimes;
        var legacy = Kpi.None("legacy", counts.Repeats + (impressionsWithoutViewedAt ?? 0), stored);
        return new KpiReport
        {
            Legacy = impressionsWithoutViewedAt is null && legacy.Verdict == KpiVerdict.Pass ? legacy with { Verdict = KpiVerdict.Inconclusive } : legacy,
            BatchSuccess = Kpi.Over("batchSuccess", counts.Batches, counts.ClientAttempts, 0.99),
            DuplicatesRecorded = Kpi.None("duplicatesRecorded", counts.Repeats, stored),
            Lost = Kpi.Under("lost", lost, counts.ImpressionsRecorded + lost, 0.01),
            CallsSaved = Kpi.Over("callsSaved", counts.ImpressionsRecorded - calls, counts.ImpressionsRecorded, 0.8),
            FreshDisplayP50 = Kpi.QuantileUnder("freshDisplayP50Ms", times, 0.5, DisplayTargetMs),
            FreshDisplayP95 = Kpi.QuantileUnder("freshDisplayP95Ms", times, 0.95, DisplayTargetMs),
            FreshDisplayUnderTarget = Kpi.Over("freshDisplayUnder3s", times.CountUnder(DisplayTargetMs), times.Total, 0.95),
        };
    }
}
