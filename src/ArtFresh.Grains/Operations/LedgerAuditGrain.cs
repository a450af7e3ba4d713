using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Operations;

/// <inheritdoc cref="ILedgerAuditGrain"/>
[GrainType("ledger-audit"), StatelessWorker, Reentrant]
public sealed class LedgerAuditGrain(IAuditLedger audit, ILedger ledger, TimeProvider clock) : Grain, ILedgerAuditGrain
{
    /// <inheritdoc/>
    public Task<LegacyAudit> CountLegacy() => audit.CountLegacyAsync(CancellationToken.None);

    /// <inheritdoc/>
    public Task<bool> CheckLedger() => ledger.CheckAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async Task<KpiSummary> SummarizeKpis(int days, string? release)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = today.AddDays(1 - days);
        var counters = await audit.ReadCountersAsync(new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero), release, CancellationToken.None);
        var byDay = counters.ToLookup(counter => DateOnly.FromDateTime(counter.Hour.UtcDateTime));
        return new KpiSummary(
            release,
            [.. counters.Select(counter => counter.Release).Distinct().Order(StringComparer.Ordinal)],
            Figures(counters),
            [.. Enumerable.Range(0, days).Select(first.AddDays).Select(day => new KpiDay(day, byDay[day].Any(), Figures(byDay[day])))]);
    }

    private static ImmutableArray<KpiFigure> Figures(IEnumerable<CounterAdded> counters)
    {
        var (counts, missing) = ReleaseCounters.Sum(counters);
        return
        [
            .. KpiReport.From(counts, missing).All.Select(kpi => new KpiFigure(
                kpi.Name, kpi.Numerator, kpi.Denominator, kpi.Value, kpi.Target, VerdictText(kpi.Verdict))),
        ];
    }

    private static string VerdictText(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Pass => "pass",
        KpiVerdict.Fail => "fail",
        _ => "inconclusive",
    };
}
