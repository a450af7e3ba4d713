using System.Diagnostics.Metrics;

namespace ArtFresh.Grains.Commit;

/// <summary>The ledger writer's metrics.</summary>
internal sealed class LedgerMetrics
{
    public const string MeterName = "ArtFresh";

    // The default buckets begin at 5 s, so that every commit would fall in the first.
    private static readonly double[] CommitSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
    private static readonly int[] GroupSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    public LedgerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Batches = meter.CreateCounter<long>("artfresh.batches.committed", "{batch}", "Batch rows committed to the ledger");
        Impressions = meter.CreateCounter<long>("artfresh.impressions.committed", "{impression}", "Impressions committed to the ledger");
        ServedTwice = meter.CreateCounter<long>("artfresh.artworks.served_twice", "{artwork}", "Artworks set aside for a listener who had them");
        Refused = meter.CreateCounter<long>("artfresh.entries.refused", "{entry}", "Entries refused because the writer's queue was full");
        Failed = meter.CreateCounter<long>("artfresh.commits.failed", "{commit}", "Transactions that failed");
        GroupSize = meter.CreateHistogram<int>("artfresh.commits.grouped", "{entry}", "Entries in one transaction", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = GroupSizes });
        Commits = meter.CreateHistogram<double>("artfresh.commits.timed", "s", "Time of one transaction", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = CommitSeconds });
        // Exported as 0 from the start: a counter that first appears with its first failure shows no increase to a monitor.
        Array.ForEach([Batches, Impressions, ServedTwice, Refused, Failed], counter => counter.Add(0));
    }

    public Counter<long> Batches { get; }

    public Counter<long> Impressions { get; }

    public Counter<long> ServedTwice { get; }

    public Counter<long> Refused { get; }

    public Counter<long> Failed { get; }

    public Histogram<int> GroupSize { get; }

    public Histogram<double> Commits { get; }
}
