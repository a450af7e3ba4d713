using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>Numbers that clients have given to impressions and that have not arrived.</summary>
/// <param name="Lost">In sessions that are closed or silent for a day; late arrivals may still lower it.</param>
/// <param name="Awaited">In open sessions; they may still arrive.</param>
public readonly record struct MissingNumbers(long Lost, long Awaited)
{
    /// <summary>The sum of both.</summary>
    public static MissingNumbers operator +(MissingNumbers one, MissingNumbers other) => new(one.Lost + other.Lost, one.Awaited + other.Awaited);
}

/// <summary>The KPIs of a release over a time span, each with its numerator, denominator, target and verdict.</summary>
public sealed record ReleaseKpis
{
    /// <summary>Target for the time until art is on screen, in milliseconds.</summary>
    public const double DisplayTargetMs = 3000;

    private ReleaseKpis()
    {
    }

    /// <summary>Violations (impressions without viewed_at, artworks served twice) against all impressions in the ledger. Evidence. Target: 0.</summary>
    public required Kpi Violations { get; init; }

    /// <summary>Share of impressions whose artwork had no viewed_at when the tally counted them. Target: 0.</summary>
    public required Kpi WithoutViewedAt { get; init; }

    /// <summary>Artworks served twice to a listener, against all impressions in the ledger. Evidence. Target: 0.</summary>
    public required Kpi ServedTwice { get; init; }

    /// <summary>Share of impressions that clients number anew for an artwork that the listener had. A claim: only watched.</summary>
    public required Kpi Repeats { get; init; }

    /// <summary>Share of impressions that clients say they show again on purpose. A claim: only watched.</summary>
    public required Kpi Revisits { get; init; }

    /// <summary>Batches that a client saw accepted, divided by the awaited requests made for them. Target: over 0.99.</summary>
    public required Kpi BatchSuccess { get; init; }

    /// <summary>Share of the batches held when a page hid or ended that its hook flushed. Target: 1.</summary>
    public required Kpi HookFlush { get; init; }

    /// <summary>Share of the requests that can outlive their page that arrived. Target: 1.</summary>
    public required Kpi BeaconDelivery { get; init; }

    /// <summary>Share of arriving impressions that had arrived before and were not recorded again. Harmless.</summary>
    public required Kpi Duplicates { get; init; }

    /// <summary>Share of displays that clients skipped as flickers. Harmless.</summary>
    public required Kpi FlickerSkips { get; init; }

    /// <summary>
    /// Share of impressions that never arrived, in sessions opened in the span: numbers missing once their session is closed or silent
    /// for a day, and impressions that clients gave up. Target: under 0.01.
    /// </summary>
    public required Kpi Lost { get; init; }

    /// <summary>
    /// Upper bound of what is lost of the art that was served: all that sessions were given to show, open ones included, and have neither recorded nor given back. Evidence. It counts what waits
    /// in clients and in sessions' blocks as well: only watched. Art that clients made of seeds without a network is in no bound. Without a value where the ledger has gone back since: it
    /// has lost what it served.
    /// </summary>
    public required Kpi LostAtMost { get; init; }

    /// <summary>Share of requests that batching saves, compared to one request per impression; 0 if it saves none. A claim, because clients choose how to send. Target: over 0.8.</summary>
    public required Kpi CallsSaved { get; init; }

    /// <summary>Median time in milliseconds until art is on screen. Target: under 3,000.</summary>
    public required Kpi FreshDisplayP50 { get; init; }

    /// <summary>95th percentile of the time in milliseconds until art is on screen. Target: under 3,000.</summary>
    public required Kpi FreshDisplayP95 { get; init; }

    /// <summary>Exact share of displays that took less than 3,000 ms. Target: over 0.95, equivalent to the target of the 95th percentile.</summary>
    public required Kpi FreshDisplayUnderTarget { get; init; }

    /// <summary>Claims that cannot be true, of these and all batches. What clients send: only watched, as such claims are in no other figure.</summary>
    public required Kpi ClaimsRefused { get; init; }

    /// <summary>All KPIs in the order in which they are listed.</summary>
    public ImmutableArray<Kpi> All =>
    [
        Violations, WithoutViewedAt, ServedTwice, BatchSuccess, HookFlush, BeaconDelivery, Duplicates, Repeats, Revisits, FlickerSkips, Lost, LostAtMost, CallsSaved,
        FreshDisplayP50, FreshDisplayP95, FreshDisplayUnderTarget, ClaimsRefused,
    ];

    /// <summary>Computes the KPIs.</summary>
    /// <param name="counts">The sums over the span.</param>
    /// <param name="missing">The missing numbers of sessions opened in the span.</param>
    /// <param name="isEvidenceLost">Whether the ledger has gone back since, so that nothing bounds what was lost.</param>
    public static ReleaseKpis From(KpiCounts counts, MissingNumbers missing, bool isEvidenceLost = false)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegative(missing.Lost);
        ArgumentOutOfRangeException.ThrowIfNegative(missing.Awaited);
        var stored = counts.ImpressionsRecorded;
        var lost = Math.Max(0, missing.Lost + counts.Dropped);
        var lostAtMost = Math.Max(lost + missing.Awaited, counts.Unreported);
        var times = counts.DisplayTimes;
        return new ReleaseKpis
        {
            Violations = Kpi.None("legacy", counts.ServedTwice + counts.WithoutViewedAt, stored) with { IsPromise = true },
            WithoutViewedAt = Kpi.None("withoutViewedAt", counts.WithoutViewedAt, stored),
            ServedTwice = Kpi.None("duplicatesRecorded", counts.ServedTwice, stored),
            BatchSuccess = Kpi.Over("batchSuccess", counts.BatchesAnswered, counts.AwaitedAttempts, 0.99).AsClaim(),
            HookFlush = Kpi.All("hookFlush", counts.HookFlushes, counts.HookFlushes + counts.HookMisses).AsClaim(),
            BeaconDelivery = Kpi.All("beaconDelivery", counts.BeaconsArrived, counts.BeaconsSent).AsClaim(),
            Duplicates = Kpi.Watched("duplicates", counts.Duplicates, counts.Duplicates + stored + counts.Repeats),
            Repeats = Kpi.Watched("repeats", counts.Repeats, stored + counts.Repeats).AsClaim(),
            Revisits = Kpi.Watched("revisits", counts.Revisits, stored + counts.Repeats + counts.Revisits).AsClaim(),
            FlickerSkips = Kpi.Watched("flickerSkips", counts.FlickerSkips, counts.FlickerSkips + counts.Displayed).AsClaim(),
            Lost = Kpi.Under("lost", lost, counts.SessionRecorded + lost, 0.01).AsClaim(),
            LostAtMost = Kpi.Watched("lostAtMost", lostAtMost, counts.SessionRecorded + lostAtMost) is var bound && isEvidenceLost ? bound with { Value = null, Verdict = KpiVerdict.Inconclusive } : bound,
            CallsSaved = Kpi.Over("callsSaved", Math.Max(0, counts.ImpressionsRecorded - counts.Batches - counts.SinglePosts), counts.ImpressionsRecorded, 0.8).AsClaim(),
            FreshDisplayP50 = Kpi.QuantileUnder("freshDisplayP50Ms", times, 0.5, DisplayTargetMs).AsClaim(),
            FreshDisplayP95 = Kpi.QuantileUnder("freshDisplayP95Ms", times, 0.95, DisplayTargetMs).AsClaim(),
            FreshDisplayUnderTarget = Kpi.Over("freshDisplayUnder3s", times.CountUnder(DisplayTargetMs), times.Total, 0.95).AsClaim(),
            ClaimsRefused = Kpi.Watched("claimsRefused", counts.ClaimsRefused, counts.ClaimsRefused + counts.Batches + counts.SinglePosts).AsClaim(),
        };
    }
}
