using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Operations;

/// <summary>Once a second, tells the tallies of all writers with rows not added up yet, those of writers that died included.</summary>
public sealed partial class TallyNudge(
    IGrainFactory grains, IImpressionLog log, LedgerWriter ledger, TimeProvider clock, ILogger<TallyNudge> logger) : BackgroundService
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Delay, clock);
        await NudgeAsync(await log.ReadUntalliedWritersAsync(stoppingToken).ConfigureAwait(false)).ConfigureAwait(false);
        var talliedTo = 0L;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            var position = ledger.Position;
            if (position > talliedTo && await NudgeAsync([ledger.WriterNumber]).ConfigureAwait(false))
            {
                talliedTo = position;
            }
        }
    }

    private async Task<bool> NudgeAsync(long[] writerNumbers)
    {
        try
        {
            foreach (var writerNumber in writerNumbers)
            {
                await grains.GetGrain<IImpressionTallyGrain>(writerNumber).CatchUp().ConfigureAwait(false);
            }

            return true;
        }
#pragma warning disable CA1031 // Only a nudge: the ledger has what it left out, and the next tick reads it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNudgeFailed(logger, failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tally did not catch up; the next tick will")]
    private static partial void LogNudgeFailed(ILogger logger, Exception failure);
}
