using System.Globalization;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>The names of the counters of a release and hour, and their conversion to KPI counts. <see cref="TalliedBatch"/> computes a batch's contribution.</summary>
public static class ReleaseCounters
{
    /// <summary>Prefix of the counters of display times.</summary>
    public const string DisplayPrefix = "display_";

    /// <summary>Artworks served twice. Stored under this name by every release.</summary>
    public const string ServedTwice = "RepeatsServed";

    /// <summary>Artworks that sessions were given to show and have not given back. Stored apart from the other counters, in the transaction of the blocks.</summary>
    public const string SessionServed = "SessionServed";

    /// <summary>Counters that are exported from 0 on, so that Prometheus sees their first increase.</summary>
    public static readonly string[] Alarming =
    [
        nameof(KpiCounts.WithoutViewedAt), nameof(KpiCounts.BatchesAnswered), nameof(KpiCounts.AwaitedAttempts),
    ];

    private static readonly string[] DisplayCounters =
        [.. Enumerable.Range(0, DisplayHistogram.EdgesMs.Length + 1).Select(bucket => string.Create(CultureInfo.InvariantCulture, $"{DisplayPrefix}{bucket}"))];

    /// <summary>Converts counters to KPI counts.</summary>
    public static KpiCounts Sum(IEnumerable<CounterAdded> counters)
    {
        counters = [.. counters];
        var amounts = counters.GroupBy(counter => counter.Counter).ToDictionary(group => group.Key, group => group.Sum(counter => counter.Amount));
        long Of(string counter) => amounts.GetValueOrDefault(counter);
        var buckets = Array.ConvertAll(DisplayCounters, Of);
        return new KpiCounts
        {
            Batches = Of(nameof(KpiCounts.Batches)),
            BatchesAnswered = Of(nameof(KpiCounts.BatchesAnswered)),
            AwaitedAttempts = Of(nameof(KpiCounts.AwaitedAttempts)),
            ImpressionsRecorded = Of(nameof(KpiCounts.ImpressionsRecorded)),
            Duplicates = Of(nameof(KpiCounts.Duplicates)),
            Repeats = Of(nameof(KpiCounts.Repeats)),
            Revisits = Of(nameof(KpiCounts.Revisits)),
            ServedTwice = Of(ServedTwice),
            Unknown = Of(nameof(KpiCounts.Unknown)),
            FlickerSkips = Of(nameof(KpiCounts.FlickerSkips)),
            HookFlushes = Of(nameof(KpiCounts.HookFlushes)),
            HookMisses = Of(nameof(KpiCounts.HookMisses)),
            BeaconsSent = Of(nameof(KpiCounts.BeaconsSent)),
            BeaconsArrived = Of(nameof(KpiCounts.BeaconsArrived)),
            WithoutViewedAt = Of(nameof(KpiCounts.WithoutViewedAt)),
            SessionRecorded = Of(nameof(KpiCounts.SessionRecorded)),
            Unreported = UnreportedOf(counters),
            Dropped = Of(nameof(KpiCounts.Dropped)),
            IndexedDbBatches = Of(nameof(KpiCounts.IndexedDbBatches)),
            LocalStorageBatches = Of(nameof(KpiCounts.LocalStorageBatches)),
            MemoryBatches = Of(nameof(KpiCounts.MemoryBatches)),
            Displayed = Of(nameof(KpiCounts.Displayed)),
            SinglePosts = Of(nameof(KpiCounts.SinglePosts)),
            ClaimsRefused = Of(nameof(KpiCounts.ClaimsRefused)),
            DisplayTimes = DisplayHistogram.FromCounts(buckets),
        };
    }

    /// <summary>By the hour, because sessions of a release without this counter recorded what none counts as served.</summary>
    private static long UnreportedOf(IEnumerable<CounterAdded> counters) => counters.GroupBy(counter => counter.Hour).Sum(hour => Math.Max(0, hour.Sum(counter => counter.Counter switch
    {
        SessionServed => counter.Amount,
        nameof(KpiCounts.SessionRecorded) => -counter.Amount,
        _ => 0,
    })));

    /// <summary>The counter's name for a bucket of <see cref="DisplayHistogram"/>.</summary>
    public static string DisplayCounter(int bucket) => DisplayCounters[bucket];
}
