using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Queries;

/// <inheritdoc cref="ILedgerQueryGrain"/>
[GrainType("ledger-audit"), StatelessWorker, Reentrant]
public sealed partial class LedgerQueryGrain(
    ILedgerFigures figures, ISessionHistory sessions, ILedger ledger, KnownReleases releases, TimeProvider clock, ILogger<LedgerQueryGrain> logger) : Grain, ILedgerQueryGrain
{
    private string? _fault;

    /// <inheritdoc/>
    public Task<LegacyCounts> CountLegacy() => figures.CountLegacyAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async Task<bool> CheckLedger()
    {
        var fault = await ledger.FindFaultAsync(CancellationToken.None);
        // Once for each fault: balancers ask every few seconds.
        if (fault is not null && fault != _fault)
        {
            LogNotReady(logger, fault);
        }

        _fault = fault;
        return fault is null;
    }

    /// <inheritdoc/>
    public async Task<ClusterState> DescribeCluster()
    {
        var (applied, known) = await figures.ReadSchemaAsync(CancellationToken.None);
        var silos = await GrainFactory.GetGrain<IManagementGrain>(0).GetHosts();
        return new ClusterState(
            typeof(LedgerQueryGrain).Assembly.GetName().Version!.ToString(3),
            applied,
            known,
            [.. silos.Select(silo => new SiloState(silo.Key.Endpoint.ToString(), silo.Value.ToString().ToLowerInvariant())).OrderBy(silo => silo.Address, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public async Task<SessionState?> DescribeSession(string listenerId, Guid sessionId)
    {
        CallLimits.CheckListenerId(listenerId);
        return await sessions.ReadSessionAsync(listenerId, sessionId, CancellationToken.None) is { } history
            ? new SessionState(history.Release, history.Ended, history.Seen.Count, history.Numbers.HighWater, history.Numbers.Missing)
            : null;
    }

    /// <inheritdoc/>
    public Task<KpiSummary> SummarizeKpis(int days, string? release)
    {
        CallLimits.CheckDays(days);
        if (release is not null)
        {
            CallLimits.CheckRelease(release);
        }

        return KpiSummaries.ReadAsync(figures, clock, days, release, releases.LabelOf, CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "This server is not ready: {Reason}")]
    private static partial void LogNotReady(ILogger logger, string reason);
}
