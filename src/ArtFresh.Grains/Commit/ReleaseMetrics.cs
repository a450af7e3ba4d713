using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>The key figures' counters as metrics. Each committed tally adds to them; monitors compute ratios from sums over all silos.</summary>
public sealed class ReleaseMetrics
{
    /// <summary>The most releases with a label of their own: clients choose the names.</summary>
    internal const int ReleasesMax = 50;

    private const string OtherReleases = "other";
    private static readonly double[] DisplaySeconds = [.. Freshness.DisplayHistogram.EdgesMs.Select(ms => ms / 1000)];

    private readonly ConcurrentDictionary<string, string> _releases = new();
    private readonly Counter<long> _counted;
    private readonly Histogram<double> _displays;

    /// <param name="meters">Creates the instruments.</param>
    public ReleaseMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LedgerMetrics.MeterName);
        _counted = meter.CreateCounter<long>("artfresh.kpis.counted", "{count}", "Numerators and denominators of the key figures, by release and counter");
        _displays = meter.CreateHistogram<double>(
            "artfresh.displays.timed", "s", "Time from a request for fresh art to its display", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DisplaySeconds });
    }

    /// <summary>Labels of the releases that this silo has counted.</summary>
    internal IEnumerable<string> Releases => _releases.Keys;

    /// <summary>Adds the counters of a committed tally.</summary>
    internal void Add(IEnumerable<CounterAdded> counters)
    {
        foreach (var counter in counters)
        {
            if (!counter.Counter.StartsWith(ReleaseCounters.DisplayPrefix, StringComparison.Ordinal))
            {
                _counted.Add(counter.Amount, new("release", LabelOf(counter.Release)), new("counter", counter.Counter));
            }
        }
    }

    /// <summary>Adds display times, in milliseconds.</summary>
    internal void AddDisplays(string release, IEnumerable<int> displayMs)
    {
        foreach (var ms in displayMs)
        {
            _displays.Record(ms / 1000.0, new KeyValuePair<string, object?>("release", LabelOf(release)));
        }
    }

    private string LabelOf(string release)
    {
        if (_releases.TryGetValue(release, out var label))
        {
            return label;
        }

        // Concurrent calls may exceed the limit by a few.
        label = _releases.Count < ReleasesMax ? release : OtherReleases;
        if (label == release && _releases.TryAdd(release, label))
        {
            // Exported as 0 from the start: a counter that first appears with its first failure shows no increase to a monitor.
            foreach (var counter in ReleaseCounters.Alarming)
            {
                _counted.Add(0, new("release", label), new("counter", counter));
            }
        }

        return label;
    }
}
