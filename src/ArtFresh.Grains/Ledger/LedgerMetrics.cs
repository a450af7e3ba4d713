using System.Diagnostics.Metrics;

namespace ArtFresh.Grains.Ledger;

/// <summary>What the ledger writer tells operators.</summary>
internal sealed class LedgerMetrics
{
    public const string MeterName = "ArtFresh";

    public LedgerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Batches = meter.CreateCounter<long>("artfresh.batches.committed", "{batch}", "Batch rows committed to the ledger");
        Impressions = meter.CreateCounter<long>("artfresh.impressions.committed", "{impression}", "Impressions committed to the ledger");
        Refused = meter.CreateCounter<long>("artfresh.entries.refused", "{entry}", "Entries refused because the writer's queue was full");
        Failed = meter.CreateCounter<long>("artfresh.commits.failed", "{commit}", "Transactions that failed");
        GroupSize = meter.CreateHistogram<int>("artfresh.commits.grouped", "{entry}", "Entries in one transaction");
        Commits = meter.CreateHistogram<double>("artfresh.commits.timed", "s", "Time of one transaction");
    }

    public Counter<long> Batches { get; }

    public Counter<long> Impressions { get; }

    public Counter<long> Refused { get; }

    public Counter<long> Failed { get; }

    public Histogram<int> GroupSize { get; }

    public Histogram<double> Commits { get; }
}
