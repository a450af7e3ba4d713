namespace ArtFresh.Freshness;

/// <summary>
/// The counts behind the KPIs: whole numbers that add up over hours, releases and silos. A ratio is computed from the sums;
/// ratios are never averaged.
/// </summary>
public sealed record KpiCounts
{
    /// <summary>All counts 0.</summary>
    public static KpiCounts Zero { get; } = new();

    /// <summary>Batches that the server accepted, each counted once, without single posts.</summary>
    public long Batches { get; init; }

    /// <summary>Batches accepted in a request whose answer the page waited for.</summary>
    public long BatchesAnswered { get; init; }

    /// <summary>Requests in which clients tried to deliver batches and waited for the answer, including failed and lost ones.</summary>
    public long AwaitedAttempts { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Recorded"/>.</summary>
    public long ImpressionsRecorded { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Duplicate"/>: arrived again, not recorded again.</summary>
    public long Duplicates { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Repeat"/>: a claim of clients.</summary>
    public long Repeats { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Revisit"/>: shown again on purpose, as clients say.</summary>
    public long Revisits { get; init; }

    /// <summary>Artworks set aside for a listener who had them: evidence that the promise is broken, before anything is shown.</summary>
    public long ServedTwice { get; init; }

    /// <summary>Impressions of artworks that do not exist, or that the listener was never served.</summary>
    public long Unknown { get; init; }

    /// <summary>Displays that clients skipped as flickers.</summary>
    public long FlickerSkips { get; init; }

    /// <summary>Batches that a page's hook flushed when the page hid.</summary>
    public long HookFlushes { get; init; }

    /// <summary>Batches that the hook did not flush before their page ended: a later page found them, or the browser sent them after the page had ended.</summary>
    public long HookMisses { get; init; }

    /// <summary>Requests that can outlive their page (beacons, fetches with keepalive), as reported by clients.</summary>
    public long BeaconsSent { get; init; }

    /// <summary>How many of those arrived.</summary>
    public long BeaconsArrived { get; init; }

    /// <summary>Impressions whose artwork had no viewed_at when the tally counted them.</summary>
    public long WithoutViewedAt { get; init; }

    /// <summary>Impressions recorded, counted in the hour of their session's opening: the denominator of losses.</summary>
    public long SessionRecorded { get; init; }

    /// <summary>Artworks that sessions were given to show, have not given back and have not recorded, counted in the hour of their opening: the most that can be lost.</summary>
    public long Unreported { get; init; }

    /// <summary>Impressions that clients gave up, without those whose numbers are missing, counted in the hour of their session's opening.</summary>
    public long Dropped { get; init; }

    /// <summary>Batches of clients with a journal in IndexedDB, on disk.</summary>
    public long IndexedDbBatches { get; init; }

    /// <summary>Batches of clients with a journal in localStorage, which is on disk after some seconds.</summary>
    public long LocalStorageBatches { get; init; }

    /// <summary>Batches of clients without a journal, which lose undelivered impressions with the page.</summary>
    public long MemoryBatches { get; init; }

    /// <summary>Artworks that clients report as displayed.</summary>
    public long Displayed { get; init; }

    /// <summary>Impressions that arrived at the single endpoint.</summary>
    public long SinglePosts { get; init; }

    /// <summary>Claims of clients that cannot be true, and are in no other count.</summary>
    public long ClaimsRefused { get; init; }

    /// <summary>The times until art was on screen.</summary>
    public DisplayHistogram DisplayTimes { get; init; } = DisplayHistogram.Empty;

    /// <summary>The sum of both.</summary>
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
                Revisits = one.Revisits + other.Revisits,
                ServedTwice = one.ServedTwice + other.ServedTwice,
                Unknown = one.Unknown + other.Unknown,
                FlickerSkips = one.FlickerSkips + other.FlickerSkips,
                HookFlushes = one.HookFlushes + other.HookFlushes,
                HookMisses = one.HookMisses + other.HookMisses,
                BeaconsSent = one.BeaconsSent + other.BeaconsSent,
                BeaconsArrived = one.BeaconsArrived + other.BeaconsArrived,
                WithoutViewedAt = one.WithoutViewedAt + other.WithoutViewedAt,
                SessionRecorded = one.SessionRecorded + other.SessionRecorded,
                Unreported = one.Unreported + other.Unreported,
                Dropped = one.Dropped + other.Dropped,
                IndexedDbBatches = one.IndexedDbBatches + other.IndexedDbBatches,
                LocalStorageBatches = one.LocalStorageBatches + other.LocalStorageBatches,
                MemoryBatches = one.MemoryBatches + other.MemoryBatches,
                Displayed = one.Displayed + other.Displayed,
                SinglePosts = one.SinglePosts + other.SinglePosts,
                ClaimsRefused = one.ClaimsRefused + other.ClaimsRefused,
                DisplayTimes = one.DisplayTimes + other.DisplayTimes,
            };
        }
    }
}
