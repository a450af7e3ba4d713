using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Retention;

/// <summary>
/// Drops the blocks of old months from all listeners' logs. Has the snapshots of those brought up to date who have not come back. What is done is done: after an interruption the next round
/// passes over it.
/// </summary>
public sealed partial class BlockDropping(IBlockMonths months, IGrainFactory grains, TimeProvider clock, ILogger<BlockDropping> logger)
{
    private const int ListenersPerPage = 256;

    /// <summary>Listeners whose logs are worked on at once, so that requests have the database to themselves.</summary>
    private const int ListenersAtOnce = 4;

    /// <summary>Both snapshots are written, and compared after each.</summary>
    private const int TriesMax = 4;

    /// <summary>Drops all blocks of months that ended before a time.</summary>
    /// <param name="keepTurn">Whether the turn is still this member's.</param>
    /// <returns>False if the turn is another's by now.</returns>
    public async Task<bool> DropAsync(DateTimeOffset before, Func<Task<bool>> keepTurn, CancellationToken stopping)
    {
        if (!await months.BeginAsync(before, stopping).ConfigureAwait(false))
        {
            return true;
        }

        var (looked, dropped, left) = (0L, 0L, 0L);
        for (string? after = ""; after is not null;)
        {
            if (!await keepTurn().ConfigureAwait(false))
            {
                return false;
            }

            var page = await months.ReadDueAsync(after, before, ListenersPerPage, stopping).ConfigureAwait(false);
            (after, looked) = (page.Last, looked + page.Looked);
            foreach (var some in page.Idle.Chunk(ListenersAtOnce))
            {
                var results = await Task.WhenAll(some.Select(listener => DropAsync(listener, before, stopping))).ConfigureAwait(false);
                (dropped, left) = (dropped + results.Sum(result => result.Dropped), left + results.Count(result => !result.IsDone));
            }

            if (page.Idle.Count > 0)
            {
                LogProgress(logger, looked, dropped);
            }
        }

        if (left > 0)
        {
            LogLeft(logger, before, dropped, left);
            return true;
        }

        await months.EndAsync(before, clock.GetUtcNow(), stopping).ConfigureAwait(false);
        LogDropped(logger, before, dropped, looked);
        return true;
    }

    private async Task<(long Dropped, bool IsDone)> DropAsync(string listenerId, DateTimeOffset before, CancellationToken stopping)
    {
        var (all, fault) = (0L, default(string));
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var result = await months.DropAsync(listenerId, before, stopping).ConfigureAwait(false);
            (all, fault) = (all + result.Dropped, result.Fault);
            if (result.Uncovered == 0)
            {
                return (all, true);
            }

            if (!await FoldAsync(listenerId, result.Uncovered).ConfigureAwait(false))
            {
                break;
            }
        }

        if (fault is not null)
        {
            LogFault(logger);
        }

        return (all, false);
    }

    private async Task<bool> FoldAsync(string listenerId, long blockNumber)
    {
        try
        {
            return await grains.GetGrain<IListenerGrain>(listenerId).Fold(blockNumber).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One listener whose log cannot be read must not stop the others.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotFolded(logger, failure.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention: looked at the logs of {Looked} listeners; {Dropped} blocks are dropped")]
    private static partial void LogProgress(ILogger logger, long looked, long dropped);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention: dropped the {Dropped} blocks of months before {Before:yyyy-MM} from the logs of {Looked} listeners; their snapshots cover them")]
    private static partial void LogDropped(ILogger logger, DateTimeOffset before, long dropped, long looked);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention: of the blocks of months before {Before:yyyy-MM} {Dropped} are dropped; those of {Left} listeners stay, because their snapshots do not cover them. They are tried again in a day")]
    private static partial void LogLeft(ILogger logger, DateTimeOffset before, long dropped, long left);

    [LoggerMessage(Level = LogLevel.Error, Message = "[Violation] A snapshot of a listener is not what the listener's log says; none of the listener's blocks is dropped. Run verify")]
    private static partial void LogFault(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Bringing a listener's snapshots up to date failed ({Failure}); the listener's blocks stay until it is tried again in a day")]
    private static partial void LogNotFolded(ILogger logger, string failure);
}
