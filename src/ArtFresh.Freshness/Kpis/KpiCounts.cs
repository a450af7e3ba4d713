namespace ArtFresh.Freshness;

/// <summary>
/// What the KPIs are computed from: whole numbers that add up over hours, releases and silos. A ratio is taken of the sums, never an
/// average of ratios.
/// </summary>
public sealed record KpiCounts
{
    /// <summary>Nothing counted: the zero of the sum.</summary>
    public static KpiCounts Zero { get; } = new();

    /// <summary>Batches that the server accepted, each once, single posts not among them.</summary>
    public long Batches { get; init; }

    /// <summary>Batches accepted in a request whose answer the page waited for.</summary>
    public long BatchesAnswered { get; init; }

    /// <summary>Requests that clients made to deliver batches and waited for, failed ones and those that never arrived included.</summary>
    public long AwaitedAttempts { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Recorded"/>.</summary>
    public long ImpressionsRecorded { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Duplicate"/>: arrived again, not recorded again.</summary>
    public long Duplicates { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Repeat"/>: a claim of clients.</summary>
    public long Repeats { get; init; }

    /// <summary>Artworks set aside for a listener who had them: evidence that the promise is broken, before anything is shown.</summary>
    public long RepeatsServed { get; init; }

    /// <summary>Impressions of artworks that do not exist, or that the listener was never served.</summary>
    public long Unknown { get; init; }

    /// <summary>Displays that clients skipped as flickers.</summary>
    public long FlickerSkips { get; init; }

    /// <summary>Batches that a page's hook flushed when the page hid.</summary>
    public long HookFlushes { get; init; }

    /// <summary>Batches with which a page ended, no hook having flushed them: a later page found them, or the browser sent them by itself.</summary>
    public long HookMisses { get; init; }

    /// <summary>Requests that outlive their page (beacons, fetches with keepalive), as clients report.</summary>
    public long BeaconsSent { get; init; }

    /// <summary>Of those, the ones that arrived.</summary>
    public long BeaconsArrived { get; init; }

    /// <summary>Impressions whose artwork had no viewed_at when they were added up.</summary>
    public long WithoutViewedAt { get; init; }

    /// <summary>Impressions recorded, counted at their session's opening: what the lost are held against.</summary>
    public long SessionRecorded { get; init; }

    /// <summary>Impressions that clients gave up, beyond those whose numbers are missing, counted at their session's opening.</summary>
    public long Dropped { get; init; }

    /// <summary>Batches of clients whose journal is IndexedDB: on disk.</summary>
    public long IndexedDbBatches { get; init; }

    /// <summary>Batches of clients whose journal is localStorage: on disk, seconds late.</summary>
    public long LocalStorageBatches { get; init; }

    /// <summary>Batches of clients that have no journal: what they have not delivered goes with the page.</summary>
    public long MemoryBatches { get; init; }

    /// <summary>Artworks that clients say they put on screen.</summary>
    public long Displayed { get; init; }

    /// <summary>Impressions that arrived at the old endpoint, one a request.</summary>
    public long SinglePosts { get; init; }

    /// <summary>How long art took to be on screen.</summary>
    public DisplayHistogram DisplayTimes { get; init; } = DisplayHistogram.Empty;

    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">A sum is over 63 bits.</exception>
    public static KpiCounts operator +(KpiCounts one, KpiCounts other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        checked
        {
            return new KpiCounts
            {
                Batches = one.Batches + other.Batches,
                BatchesAnswered = one.BatchesAnswered + other.BatchesAnswered,
                AwaitedAttempts = one.AwaitedAttempts + other.AwaitedAttempts,
                ImpressionsRecorded = one.ImpressionsRecorded + other.ImpressionsRecorded,
                Duplicates = one.Duplicates + other.Duplicates,
                Repeats = one.Repeats + other.Repeats,
                RepeatsServed = one.RepeatsServed + other.RepeatsServed,
                Unknown = one.Unknown + other.Unknown,
                FlickerSkips = one.FlickerSkips + other.FlickerSkips,
                HookFlushes = one.HookFlushes + other.HookFlushes,
                HookMisses = one.HookMisses + other.HookMisses,
                BeaconsSent = one.BeaconsSent + other.BeaconsSent,
                BeaconsArrived = one.BeaconsArrived + other.BeaconsArrived,
                WithoutViewedAt = one.WithoutViewedAt + other.WithoutViewedAt,
                SessionRecorded = one.SessionRecorded + other.SessionRecorded,
                Dropped = one.Dropped + other.Dropped,
                IndexedDbBatches = one.IndexedDbBatches + other.IndexedDbBatches,
                LocalStorageBatches = one.LocalStorageBatches + other.LocalStorageBatches,
                MemoryBatches = one.MemoryBatches + other.MemoryBatches,
                Displayed = one.Displayed + other.Displayed,
                SinglePosts = one.SinglePosts + other.SinglePosts,
                DisplayTimes = one.DisplayTimes + other.DisplayTimes,
            };
        }
    }
}
