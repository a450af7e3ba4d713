namespace ArtFresh.Freshness;

/// <summary>
/// What the KPIs are computed from: whole numbers that add up over hours, releases and silos. A ratio is taken of the sums, never an
/// average of ratios.
/// </summary>
public sealed record KpiCounts
{
    /// <summary>Nothing counted: the zero of the sum.</summary>
    public static KpiCounts Zero { get; } = new();

    /// <summary>Batches that the server accepted, single posts not among them.</summary>
    public long Batches { get; init; }

    /// <summary>Requests that clients say they made to deliver batches, failed ones included.</summary>
    public long ClientAttempts { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Recorded"/>.</summary>
    public long ImpressionsRecorded { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Duplicate"/>: arrived again, not recorded again.</summary>
    public long Duplicates { get; init; }

    /// <summary>Impressions judged <see cref="ImpressionOutcome.Repeat"/>: the promise broken.</summary>
    public long Repeats { get; init; }

    /// <summary>Impressions of artworks that do not exist.</summary>
    public long Unknown { get; init; }

    /// <summary>Displays that clients skipped as flickers.</summary>
    public long FlickerSkips { get; init; }

    /// <summary>Batches that were sent because the page was hidden.</summary>
    public long HiddenFlushes { get; init; }

    /// <summary>Batches that left the page at its end, and arrived: by beacon, by keepalive or by fetchLater.</summary>
    public long BeaconBatches { get; init; }

    /// <summary>Impressions that clients gave up, beyond those whose numbers are missing.</summary>
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
                ClientAttempts = one.ClientAttempts + other.ClientAttempts,
                ImpressionsRecorded = one.ImpressionsRecorded + other.ImpressionsRecorded,
                Duplicates = one.Duplicates + other.Duplicates,
                Repeats = one.Repeats + other.Repeats,
                Unknown = one.Unknown + other.Unknown,
                FlickerSkips = one.FlickerSkips + other.FlickerSkips,
                HiddenFlushes = one.HiddenFlushes + other.HiddenFlushes,
                BeaconBatches = one.BeaconBatches + other.BeaconBatches,
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
