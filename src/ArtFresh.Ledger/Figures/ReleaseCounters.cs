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

    /// <summary>The counter's name for a bucket of <see cref="DisplayHistogram"/>.</summary>
    public static string DisplayCounter(int bucket) => DisplayCounters[bucket];
}
