using System.Diagnostics.Metrics;

namespace ArtFresh.Api;

/// <summary>
/// Measures how long the server takes for fresh art, until the answer is ready to be sent. The time of the whole request is the client's to choose: it ends when the answer is read.
/// Requests that are refused are none, so that nobody hides slow answers behind quick refusals.
/// </summary>
internal sealed class FreshTimes(IMeterFactory meters, TimeProvider clock)
{
    private static readonly double[] Bounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10];

    private readonly Histogram<double> _seconds = meters.Create("ArtFresh").CreateHistogram(
        "artfresh.fresh_art.answered", "s", "Time until an answer with fresh art was ready to be sent", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });

    public long Begin() => clock.GetTimestamp();

    public void End(long began) => _seconds.Record(clock.GetElapsedTime(began).TotalSeconds);
}
