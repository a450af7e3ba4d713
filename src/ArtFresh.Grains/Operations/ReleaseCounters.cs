using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Operations;

/// <summary>The counters of a release and hour, by name: what a batch adds to them, and what they add up to.</summary>
internal static class ReleaseCounters
{
    /// <summary>Numbers that have not arrived: goes down again when they do.</summary>
    public const string Missing = "missing";

    private const string DisplayPrefix = "display_";

    /// <summary>What one batch adds.</summary>
    public static IEnumerable<(string Counter, long Amount)> Of(LoggedBatch batch)
    {
        var recorded = 0;
        var repeats = 0;
        var unknown = 0;
        var impressions = PackedImpressions.Read(batch.Impressions);
        while (impressions.MoveNext())
        {
            switch (impressions.Current.Outcome)
            {
                case ImpressionOutcome.Recorded:
                    recorded++;
                    break;
                case ImpressionOutcome.Repeat:
                    repeats++;
                    break;
                default:
                    unknown++;
                    break;
            }
        }

        var isSingle = batch.Report is null && recorded + repeats + unknown == 1;
        return
        [
            (isSingle ? nameof(KpiCounts.SinglePosts) : nameof(KpiCounts.Batches), 1),
            (nameof(KpiCounts.ImpressionsRecorded), recorded),
            (nameof(KpiCounts.Repeats), repeats),
            (nameof(KpiCounts.Unknown), unknown),
            (nameof(KpiCounts.Duplicates), batch.Duplicates),
            (Missing, batch.MissingChange),
            .. batch.Report is { } report ? OfReport(report) : [(nameof(KpiCounts.ClientAttempts), 1)],
        ];
    }

    /// <summary>What counters add up to, and how many numbers are missing.</summary>
    public static (KpiCounts Counts, long Missing) Sum(IEnumerable<CounterAdded> counters)
    {
        var amounts = counters.GroupBy(counter => counter.Counter).ToDictionary(group => group.Key, group => group.Sum(counter => counter.Amount));
        long Of(string counter) => amounts.GetValueOrDefault(counter);
        var buckets = Enumerable.Range(0, DisplayHistogram.EdgesMs.Length + 1).Select(bucket => Of(DisplayCounter(bucket))).ToArray();
        var counts = new KpiCounts
        {
            Batches = Of(nameof(KpiCounts.Batches)),
            ClientAttempts = Of(nameof(KpiCounts.ClientAttempts)),
            ImpressionsRecorded = Of(nameof(KpiCounts.ImpressionsRecorded)),
            Duplicates = Of(nameof(KpiCounts.Duplicates)),
            Repeats = Of(nameof(KpiCounts.Repeats)),
            Unknown = Of(nameof(KpiCounts.Unknown)),
            FlickerSkips = Of(nameof(KpiCounts.FlickerSkips)),
            HiddenFlushes = Of(nameof(KpiCounts.HiddenFlushes)),
            BeaconBatches = Of(nameof(KpiCounts.BeaconBatches)),
            Dropped = Of(nameof(KpiCounts.Dropped)),
            IndexedDbBatches = Of(nameof(KpiCounts.IndexedDbBatches)),
            LocalStorageBatches = Of(nameof(KpiCounts.LocalStorageBatches)),
            MemoryBatches = Of(nameof(KpiCounts.MemoryBatches)),
            Displayed = Of(nameof(KpiCounts.Displayed)),
            SinglePosts = Of(nameof(KpiCounts.SinglePosts)),
            DisplayTimes = DisplayHistogram.FromCounts(buckets),
        };
        return (counts, Math.Max(0, Of(Missing)));
    }

    private static List<(string Counter, long Amount)> OfReport(DeliveryReport report)
    {
        var times = DisplayHistogram.Empty.Add([.. report.DisplayMs.Select(ms => (double)ms)]);
        List<(string, long)> counters =
        [
            (nameof(KpiCounts.ClientAttempts), report.Attempts),
            (nameof(KpiCounts.Displayed), report.Displayed),
            (nameof(KpiCounts.FlickerSkips), report.Skipped),
            (nameof(KpiCounts.HiddenFlushes), report.Reason == "hidden" ? 1 : 0),
            (nameof(KpiCounts.BeaconBatches), report.Transport is "beacon" or "keepalive" or "later" ? 1 : 0),
            (nameof(KpiCounts.Dropped), report.Dropped),
            (nameof(KpiCounts.IndexedDbBatches), report.Journal == "indexeddb" ? 1 : 0),
            (nameof(KpiCounts.LocalStorageBatches), report.Journal == "localstorage" ? 1 : 0),
            (nameof(KpiCounts.MemoryBatches), report.Journal == "memory" ? 1 : 0),
        ];
        for (var bucket = 0; bucket < times.Counts.Length; bucket++)
        {
            counters.Add((DisplayCounter(bucket), times.Counts[bucket]));
        }

        return counters;
    }

    private static string DisplayCounter(int bucket) => string.Create(CultureInfo.InvariantCulture, $"{DisplayPrefix}{bucket}");
}
