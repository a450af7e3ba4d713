using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Operations;

/// <summary>The key figures of some days, read from the ledger's counters: by a silo's grain, or by a command beside the servers.</summary>
public static class KpiSummaries
{
    /// <summary>The last <paramref name="days"/> days, today included.</summary>
    /// <param name="release">Only this one; null for all together.</param>
    public static async Task<KpiSummary> ReadAsync(IAuditLedger audit, TimeProvider clock, int days, string? release, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = today.AddDays(1 - days);
        var counters = await audit.ReadCountersAsync(new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero), release, cancellationToken);
        var byDay = counters.ToLookup(counter => DateOnly.FromDateTime(counter.Hour.UtcDateTime));
        return new KpiSummary(
            release,
            [.. counters.Select(counter => counter.Release).Distinct().Order(StringComparer.Ordinal)],
            Figures(counters),
            [.. Enumerable.Range(0, days).Select(first.AddDays).Select(day => new KpiDay(day, byDay[day].Any(), Figures(byDay[day])))]);
    }

    /// <summary>A verdict as it stands on the wire.</summary>
    internal static string WordOf(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Pass => "pass",
        KpiVerdict.Fail => "fail",
        _ => "inconclusive",
    };

    private static ImmutableArray<KpiFigure> Figures(IEnumerable<CounterAdded> counters)
    {
        var (counts, missing) = ReleaseCounters.Sum(counters);
        return
        [
            .. KpiReport.From(counts, missing).All.Select(kpi => new KpiFigure(
                kpi.Name, kpi.Numerator, kpi.Denominator, kpi.Value, kpi.Target, WordOf(kpi.Verdict))),
        ];
    }
}
