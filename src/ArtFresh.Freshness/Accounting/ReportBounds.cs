using System.Collections.Immutable;
using ArtFresh.Contracts;

namespace ArtFresh.Freshness;

/// <summary>What the server itself knows of a session when a report arrives: what the client says of itself must lie within.</summary>
/// <param name="Age">How long ago the session was opened: nothing was served to it before.</param>
/// <param name="Served">Artworks that its client has been given, or has shown.</param>
/// <param name="Unreported">Of those, the ones that no impression has reported, this arrival's included.</param>
/// <param name="Arrivals">Batches that have arrived before this one.</param>
/// <param name="Requests">Requests that earlier reports claim.</param>
/// <param name="Skipped">Flickers that earlier reports claim.</param>
/// <param name="Dropped">Impressions that earlier reports claim to have given up.</param>
/// <param name="Missing">Numbers that are counted as missing.</param>
public readonly record struct SessionEvidence(TimeSpan Age, long Served, long Unreported, long Arrivals, long Requests, long Skipped, long Dropped, long Missing)
{
    /// <summary>Silos' clocks differ: the one that opened the session may be ahead of the one that takes its report.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(1);

    /// <summary>A client may wait for art so long before the server knows of it: while it signs in and opens the session, or while a request is on its way.</summary>
    private static readonly TimeSpan AskedBefore = TimeSpan.FromSeconds(3);

    internal TimeSpan AgeMax => (Age < TimeSpan.Zero ? TimeSpan.Zero : Age) + ClockSlack;

    internal long SecondsMax => (long)AgeMax.TotalSeconds;

    /// <summary>The largest number that an impression can have: artworks served or made from granted seeds, what has arrived, and a display a second of art shown again.</summary>
    /// <param name="arrived">Numbers that have arrived.</param>
    public long NumberMax(long arrived) => Served + Limits.GenomeSeedsMax + SecondsMax + arrived;

    /// <summary>The longest that one of its displays can have taken, in milliseconds.</summary>
    /// <param name="waitedMs">How long its client can have waited for the artwork, as far as the server saw; null for the session's whole age.</param>
    public long DisplayMaxMs(long? waitedMs) =>
        (long)(AskedBefore + (waitedMs is { } waited ? TimeSpan.FromMilliseconds(Math.Max(0, waited)) + ClockSlack : AgeMax)).TotalMilliseconds;

    /// <summary>How many of the missing numbers count as such: what was served, and neither reported nor given up.</summary>
    public long MissingOf(long numbers) => Math.Min(numbers, Math.Max(0, Unreported - Dropped));

    /// <summary>How many impressions earlier reports have given up and that have arrived all the same, or were given back: they are no loss.</summary>
    public long GivenUpInVain => Math.Max(0, Dropped - Unreported);

    /// <summary>What an ended session was served and has never shown: neither reported, nor given up, nor missing.</summary>
    public long Unshown => Math.Max(0, Unreported - Dropped - Missing);
}

/// <summary>
/// Bounds what a client says of itself by what the server knows. A claim out of bounds is left out of the figures and counted; the batch's impressions stay, because they are
/// somebody's history.
/// </summary>
public static class ReportBounds
{
    /// <summary>Flickers that one second can hold: a page that renders again ten times a second is broken, one that says a million is lying.</summary>
    private const int SkippedPerSecond = 10;

    /// <summary>The report without the claims that cannot be true, and how many those are.</summary>
    /// <param name="report">The client's own account of a batch.</param>
    /// <param name="evidence">What the server knows of its session.</param>
    /// <param name="known">What earlier arrivals of the batch have added; null before the first.</param>
    /// <param name="displayMaxMs">The longest that the display of each of the batch's artworks can have taken. It is sorted.</param>
    public static (DeliveryReport Report, int Refused) Apply(DeliveryReport report, in SessionEvidence evidence, BatchAccount? known, Span<long> displayMaxMs)
    {
        ArgumentNullException.ThrowIfNull(report);
        var refused = 0;
        if (report.Displayed > evidence.Served)
        {
            (report, refused) = (report with { Displayed = 0 }, refused + 1);
        }

        if (report.Skipped > (SkippedPerSecond * evidence.SecondsMax) - evidence.Skipped && report.Skipped > 0)
        {
            (report, refused) = (report with { Skipped = 0 }, refused + 1);
        }

        if (report.Dropped > evidence.Unshown)
        {
            (report, refused) = (report with { Dropped = 0 }, refused + 1);
        }

        if (UnheardOf(report, known) > Math.Max(0, evidence.SecondsMax + evidence.Arrivals - evidence.Requests))
        {
            (report, refused) = (report with { Attempts = 1, Beacons = null }, refused + 1);
        }

        var times = TimesWithin(report, displayMaxMs);
        return times == report.DisplayMs ? (report, refused) : (report with { DisplayMs = times }, refused + 1);
    }

    /// <summary>Requests that the report claims and that have brought nothing: a client tries at most once a second.</summary>
    private static long UnheardOf(DeliveryReport report, BatchAccount? known) =>
        Math.Max(report.Attempts, (long)(report.Beacons ?? 0)) - 1 - (known?.Requests ?? 0);

    /// <summary>A time for each display at most, and for each an artwork of its own that can have taken so long.</summary>
    private static ImmutableArray<int> TimesWithin(DeliveryReport report, Span<long> maxMs)
    {
        if (report.DisplayMs.IsDefaultOrEmpty)
        {
            return report.DisplayMs;
        }

        maxMs.Sort();
        // The common case: each time is possible for every artwork.
        if (report.DisplayMs.Length <= Math.Min(maxMs.Length, report.Displayed) && report.DisplayMs.Max() <= maxMs[0])
        {
            return report.DisplayMs;
        }

        var kept = ImmutableArray.CreateBuilder<int>();
        var next = 0;
        foreach (var time in report.DisplayMs.Order())
        {
            while (next < maxMs.Length && maxMs[next] < time)
            {
                next++;
            }

            if (next++ >= maxMs.Length || kept.Count == report.Displayed)
            {
                break;
            }

            kept.Add(time);
        }

        return kept.Count == report.DisplayMs.Length ? report.DisplayMs : kept.ToImmutable();
    }
}
