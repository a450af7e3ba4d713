using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Grains.Operations;

/// <summary>What one batch of the ledger adds to the counters of its release. Its impressions are unpacked once.</summary>
internal sealed class TalliedBatch
{
    private readonly List<long> _recorded = [];
    private readonly int _repeats;
    private readonly int _unknown;
    private readonly BatchAccount _account;

    public TalliedBatch(LoggedBatch batch)
    {
        Batch = batch;
        var impressions = PackedImpressions.Read(batch.Impressions);
        while (impressions.MoveNext())
        {
            switch (impressions.Current.Outcome)
            {
                case ImpressionOutcome.Recorded:
                    _recorded.Add(impressions.Current.ArtworkId);
                    break;
                case ImpressionOutcome.Repeat:
                    _repeats++;
                    break;
                default:
                    _unknown++;
                    break;
            }
        }

        _account = AccountOf();
    }

    public LoggedBatch Batch { get; }

    /// <summary>Artworks of the recorded impressions.</summary>
    public IReadOnlyList<long> Recorded => _recorded;

    /// <summary>The display times, in milliseconds, that no arrival of the batch before has told.</summary>
    public IEnumerable<int> DisplaysTold => IsTold ? Batch.Report?.DisplayMs ?? [] : [];

    private int Arrived => _recorded.Count + _repeats + _unknown;

    private bool IsTold => _account.IsSingle ? Arrived > 0 : _account.IsTold;

    /// <summary>What it adds at the time of its arrival.</summary>
    /// <param name="isUnviewed">Whether an artwork has no viewed_at.</param>
    public (string Counter, long Amount)[] OfArrival(Func<long, bool> isUnviewed) =>
    [
        (nameof(KpiCounts.SinglePosts), _account.IsSingle && Arrived > 0 ? 1 : 0),
        (nameof(KpiCounts.Batches), _account.IsFirst ? 1 : 0),
        (nameof(KpiCounts.BatchesAnswered), _account.IsAnswered ? 1 : 0),
        (nameof(KpiCounts.AwaitedAttempts), _account.Attempts),
        (nameof(KpiCounts.HookFlushes), _account.IsHookFlush ? 1 : 0),
        (nameof(KpiCounts.HookMisses), _account.IsHookMiss ? 1 : 0),
        (nameof(KpiCounts.BeaconsSent), _account.BeaconsSent),
        (nameof(KpiCounts.BeaconsArrived), _account.BeaconsArrived),
        (nameof(KpiCounts.ImpressionsRecorded), _recorded.Count),
        (nameof(KpiCounts.Repeats), _repeats),
        (nameof(KpiCounts.Unknown), _unknown),
        (nameof(KpiCounts.WithoutViewedAt), _recorded.Count(isUnviewed)),
        (nameof(KpiCounts.Duplicates), Batch.Duplicates),
        .. Batch.Report is { } report && IsTold ? OfReport(report) : [],
    ];

    /// <summary>What it adds at the time when its session was opened.</summary>
    public (string Counter, long Amount)[] OfSession() =>
    [
        (nameof(KpiCounts.SessionRecorded), _recorded.Count),
        (nameof(KpiCounts.Dropped), IsTold ? Batch.Report?.Dropped ?? 0 : 0),
    ];

    /// <summary>Of a row without an account: a release that kept none told single posts by their having no report, and did not write what brought nothing new.</summary>
    private BatchAccount AccountOf() => Batch.Account is { } packed
        ? BatchAccount.Unpack(packed)
        : Batch.Report is null && Arrived == 1
            ? BatchAccount.Single
            : new BatchAccount { IsFirst = true, IsAnswered = true, IsTold = true, Attempts = Batch.Report?.Attempts ?? 1 };

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
            counters.Add((ReleaseCounters.DisplayCounter(bucket), times.Counts[bucket]));
        }

        return counters;
    }
}
