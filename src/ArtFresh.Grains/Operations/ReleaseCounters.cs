using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Operations;

/// <summary>The counters of a release and hour, by name: what a batch adds to them, and what they add up to.</summary>
internal static class ReleaseCounters
{
    /// <summary>Names of the counters of display times begin so.</summary>
    public const string DisplayPrefix = "display_";

    /// <summary>Counters whose first rise must be seen.</summary>
    public static readonly string[] Alarming =
    [
        nameof(KpiCounts.Repeats), nameof(KpiCounts.WithoutViewedAt), nameof(KpiCounts.BatchesAnswered), nameof(KpiCounts.AwaitedAttempts),
    ];

    /// <summary>What one batch adds at the time of its arrival.</summary>
    /// <param name="isUnviewed">Whether an artwork has no viewed_at.</param>
    public static IEnumerable<(string Counter, long Amount)> Of(LoggedBatch batch, Func<long, bool> isUnviewed)
    {
        var outcomes = Outcomes(batch);
        var arrived = outcomes.Recorded.Count + outcomes.Repeats + outcomes.Unknown > 0;
        var account = AccountOf(batch, outcomes);
        return
        [
            (nameof(KpiCounts.SinglePosts), account.IsSingle && arrived ? 1 : 0),
            (nameof(KpiCounts.Batches), account.IsFirst ? 1 : 0),
            (nameof(KpiCounts.BatchesAnswered), account.IsAnswered ? 1 : 0),
            (nameof(KpiCounts.AwaitedAttempts), account.Attempts),
            (nameof(KpiCounts.HookFlushes), account.IsHookFlush ? 1 : 0),
            (nameof(KpiCounts.HookMisses), account.IsHookMiss ? 1 : 0),
            (nameof(KpiCounts.BeaconsSent), account.BeaconsSent),
            (nameof(KpiCounts.BeaconsArrived), account.BeaconsArrived),
            (nameof(KpiCounts.ImpressionsRecorded), outcomes.Recorded.Count),
            (nameof(KpiCounts.Repeats), outcomes.Repeats),
            (nameof(KpiCounts.Unknown), outcomes.Unknown),
            (nameof(KpiCounts.WithoutViewedAt), outcomes.Recorded.Count(isUnviewed)),
            (nameof(KpiCounts.Duplicates), batch.Duplicates),
            .. batch.Report is { } report && IsTold(account, arrived) ? OfReport(report) : [],
        ];
    }

    /// <summary>What one batch adds at the time when its session was opened.</summary>
    public static IEnumerable<(string Counter, long Amount)> OfSession(LoggedBatch batch)
    {
        var outcomes = Outcomes(batch);
        var account = AccountOf(batch, outcomes);
        return
        [
            (nameof(KpiCounts.SessionRecorded), outcomes.Recorded.Count),
            (nameof(KpiCounts.Dropped), IsTold(account, outcomes.Recorded.Count + outcomes.Repeats + outcomes.Unknown > 0) ? batch.Report?.Dropped ?? 0 : 0),
        ];
    }

    /// <summary>The display times, in milliseconds, that no arrival of the batch before has told.</summary>
    public static IEnumerable<int> DisplaysTold(LoggedBatch batch)
    {
        var outcomes = Outcomes(batch);
        return batch.Report is { } report && IsTold(AccountOf(batch, outcomes), outcomes.Recorded.Count + outcomes.Repeats + outcomes.Unknown > 0)
            ? report.DisplayMs
            : [];
    }

    /// <summary>What counters add up to.</summary>
    public static KpiCounts Sum(IEnumerable<CounterAdded> counters)
    {
        var amounts = counters.GroupBy(counter => counter.Counter).ToDictionary(group => group.Key, group => group.Sum(counter => counter.Amount));
        long Of(string counter) => amounts.GetValueOrDefault(counter);
        var buckets = Enumerable.Range(0, DisplayHistogram.EdgesMs.Length + 1).Select(bucket => Of(DisplayCounter(bucket))).ToArray();
        return new KpiCounts
        {
            Batches = Of(nameof(KpiCounts.Batches)),
            BatchesAnswered = Of(nameof(KpiCounts.BatchesAnswered)),
            AwaitedAttempts = Of(nameof(KpiCounts.AwaitedAttempts)),
            ImpressionsRecorded = Of(nameof(KpiCounts.ImpressionsRecorded)),
            Duplicates = Of(nameof(KpiCounts.Duplicates)),
            Repeats = Of(nameof(KpiCounts.Repeats)),
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
            DisplayTimes = DisplayHistogram.FromCounts(buckets),
        };
    }

    private static bool IsTold(BatchAccount account, bool arrived) => account.IsSingle ? arrived : account.IsTold;

    private static (List<long> Recorded, int Repeats, int Unknown) Outcomes(LoggedBatch batch)
    {
        var recorded = new List<long>();
        var repeats = 0;
        var unknown = 0;
        var impressions = PackedImpressions.Read(batch.Impressions);
        while (impressions.MoveNext())
        {
            switch (impressions.Current.Outcome)
            {
                case ImpressionOutcome.Recorded:
                    recorded.Add(impressions.Current.ArtworkId);
                    break;
                case ImpressionOutcome.Repeat:
                    repeats++;
                    break;
                default:
                    unknown++;
                    break;
            }
        }

        return (recorded, repeats, unknown);
    }

    /// <summary>Of a row without an account: a release that kept none told single posts by their having no report, and did not write what brought nothing new.</summary>
    private static BatchAccount AccountOf(LoggedBatch batch, (List<long> Recorded, int Repeats, int Unknown) outcomes)
    {
        if (batch.Account is { } packed)
        {
            return BatchAccount.Unpack(packed);
        }

        return batch.Report is null && outcomes.Recorded.Count + outcomes.Repeats + outcomes.Unknown == 1
            ? BatchAccount.Single
            : new BatchAccount { IsFirst = true, IsAnswered = true, IsTold = true, Attempts = batch.Report?.Attempts ?? 1 };
    }

    private static List<(string Counter, long Amount)> OfReport(DeliveryReport report)
    {
        var times = DisplayHistogram.Empty.Add([.. report.DisplayMs.Select(ms => (double)ms)]);
        List<(string, long)> counters =
        [
            (nameof(KpiCounts.Displayed), report.Displayed),
            (nameof(KpiCounts.FlickerSkips), report.Skipped),
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
