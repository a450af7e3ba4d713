using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>The key figures' counters for monitors: what each committed tally adds. Monitors compute ratios, from sums over all silos.</summary>
public sealed class ReleaseMetrics
{
    /// <summary>Releases with a label of their own. Clients choose the names, so the number is bounded.</summary>
    internal const int ReleasesMax = 50;

    private const string OtherReleases = "other";
    private static readonly double[] DisplaySeconds = [.. Freshness.DisplayHistogram.EdgesMs.Select(ms => ms / 1000)];

    private readonly ConcurrentDictionary<string, string> _releases = new();
    private readonly Counter<long> _counted;
    private readonly Histogram<double> _displays;

    /// <param name="meters">Where the instruments are made.</param>
    public ReleaseMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LedgerMetrics.MeterName);
        _counted = meter.CreateCounter<long>("artfresh.kpis.counted", "{count}", "Numerators and denominators of the key figures, by release and counter");
        _displays = meter.CreateHistogram<double>(
            "artfresh.displays.timed", "s", "Time from asking for fresh art to its being on screen", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DisplaySeconds });
    }

    /// <summary>Releases that this silo has counted, as they are labelled.</summary>
    internal IEnumerable<string> Releases => _releases.Keys;

    /// <summary>Adds what a tally has committed.</summary>
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
            // Exported from the start: a series that appears with its first failure shows a monitor no increase.
            foreach (var counter in ReleaseCounters.Alarming)
            {
                _counted.Add(0, new("release", label), new("counter", counter));
            }
        }

        return label;
    }
}
