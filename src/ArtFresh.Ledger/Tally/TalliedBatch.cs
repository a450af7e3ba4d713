using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>One batch's contribution to the counters of its release. Unpacks its impressions once.</summary>
public sealed class TalliedBatch
{
    private readonly LoggedBatch _batch;
    private readonly int _repeats;
    private readonly int _unknown;
    private readonly BatchAccount _account;

    public TalliedBatch(LoggedBatch batch)
    {
        _batch = batch;
        Recorded = batch.Recorded;
        if (batch.Impressions is not null)
        {
            var impressions = PackedImpressions.Read(batch.Impressions);
            var recorded = new List<long>(impressions.Count);
            while (impressions.MoveNext())
            {
                switch (impressions.Current.Outcome)
                {
                    case ImpressionOutcome.Recorded:
                        recorded.Add(impressions.Current.ArtworkId);
                        break;
                    case ImpressionOutcome.Repeat:
                        _repeats++;
                        break;
                    default:
                        _unknown++;
                        break;
                }
            }

            Recorded = recorded.ToArray();
        }

        _account = AccountOf();
    }

    public ref readonly LoggedBatch Batch => ref _batch;

    /// <summary>Artworks of the recorded impressions.</summary>
    public ReadOnlyMemory<long> Recorded { get; }

    /// <summary>The display times, in milliseconds, that no earlier arrival of the batch has reported.</summary>
    public IEnumerable<int> NewDisplays => IsReported ? Batch.Report?.DisplayMs ?? [] : [];

    private int Arrived => Recorded.Length + _repeats + _unknown;

    private bool IsReported => _account.IsSingle ? Arrived > 0 : _account.IsReported;

    /// <summary>Adds the counters of the hour of its arrival.</summary>
    /// <param name="unviewed">Artworks without viewed_at.</param>
    public void AddArrival(CounterSums.Sums sums, HashSet<long> unviewed)
    {
        sums.Add(nameof(KpiCounts.SinglePosts), _account.IsSingle && Arrived > 0 ? 1 : 0);
        sums.Add(nameof(KpiCounts.Batches), _account.IsFirst ? 1 : 0);
        sums.Add(nameof(KpiCounts.ImpressionsRecorded), Recorded.Length);
        sums.Add(nameof(KpiCounts.Unknown), _unknown);
        sums.Add(nameof(KpiCounts.WithoutViewedAt), unviewed.Count == 0 ? 0 : Recorded.ToArray().Count(unviewed.Contains));
        sums.Add(nameof(KpiCounts.Duplicates), Batch.Duplicates);
        AddClaims(sums);
    }

    /// <summary>Of <see cref="AddArrival"/>, the counters that figures of claims are made of.</summary>
    public void AddClaims(CounterSums.Sums sums)
    {
        sums.Add(nameof(KpiCounts.BatchesAnswered), _account.IsAnswered ? 1 : 0);
        sums.Add(nameof(KpiCounts.AwaitedAttempts), _account.Attempts);
        sums.Add(nameof(KpiCounts.HookFlushes), _account.IsHookFlush ? 1 : 0);
        sums.Add(nameof(KpiCounts.HookMisses), _account.IsHookMiss ? 1 : 0);
        sums.Add(nameof(KpiCounts.BeaconsSent), _account.BeaconsSent);
        sums.Add(nameof(KpiCounts.BeaconsArrived), _account.BeaconsArrived);
        sums.Add(nameof(KpiCounts.Repeats), _repeats - Batch.Revisits);
        sums.Add(nameof(KpiCounts.Revisits), Batch.Revisits);
        sums.Add(nameof(KpiCounts.ClaimsRefused), _account.Refused);
        if (Batch.Report is { } report && IsReported)
        {
            AddReport(sums, report);
        }
    }

    /// <summary>Adds the counters of the hour in which its session was opened.</summary>
    public void AddSession(CounterSums.Sums sums)
    {
        sums.Add(nameof(KpiCounts.SessionRecorded), Recorded.Length);
        AddSessionClaims(sums);
    }

    /// <summary>Of <see cref="AddSession"/>, the counters that figures of claims are made of.</summary>
    public void AddSessionClaims(CounterSums.Sums sums) => sums.Add(nameof(KpiCounts.Dropped), IsReported ? Batch.Report?.Dropped ?? 0 : 0);

    /// <summary>What its client claims, for the voice of its network.</summary>
    public NetworkCount Claims()
    {
        var report = IsReported ? Batch.Report : null;
        var late = 0;
        foreach (var ms in report?.DisplayMs ?? [])
        {
            late += ms >= ReleaseKpis.DisplayTargetMs ? 1 : 0;
        }

        return new NetworkCount(
            _account.Attempts, Math.Max(0, _account.Attempts - (_account.IsAnswered ? 1 : 0)), Recorded.Length, Math.Max(0, report?.Dropped ?? 0), report?.DisplayMs.Length ?? 0, late);
    }

    /// <summary>For rows without an account, which older releases wrote: a single post is one without a report, and batches with nothing new were not written.</summary>
    private BatchAccount AccountOf() => Batch.Account is { } packed
        ? BatchAccount.Unpack(packed)
        : Batch.Report is null && Arrived == 1
            ? BatchAccount.Single
            : new BatchAccount { IsFirst = true, IsAnswered = true, IsReported = true, Attempts = Batch.Report?.Attempts ?? 1 };

    private static void AddReport(CounterSums.Sums sums, DeliveryReport report)
    {
        sums.Add(nameof(KpiCounts.Displayed), report.Displayed);
        sums.Add(nameof(KpiCounts.FlickerSkips), report.Skipped);
        sums.Add(nameof(KpiCounts.IndexedDbBatches), report.Journal == "indexeddb" ? 1 : 0);
        sums.Add(nameof(KpiCounts.LocalStorageBatches), report.Journal == "localstorage" ? 1 : 0);
        sums.Add(nameof(KpiCounts.MemoryBatches), report.Journal == "memory" ? 1 : 0);
        foreach (var ms in report.DisplayMs)
        {
            sums.Add(ReleaseCounters.DisplayCounter(DisplayHistogram.BucketOf(ms)), 1);
        }
    }
}
