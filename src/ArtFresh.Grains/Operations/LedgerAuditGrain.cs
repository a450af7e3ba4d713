using ArtFresh.Contracts;
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
    public Task<KpiSummary> SummarizeKpis(int days, string? release) => KpiSummaries.ReadAsync(audit, clock, days, release, CancellationToken.None);
}
