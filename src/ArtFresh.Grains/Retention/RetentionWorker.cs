using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Retention;

/// <summary>
/// Drops old months and the blocks that snapshots cover, and asks for the erasure of listeners who have not come back, which the erasure worker does. One silo at a time has the turn. A round that is interrupted
/// begins anew at the next silo that takes the turn: what is gone is gone, and what is asked for is in the ledger.
/// </summary>
public sealed partial class RetentionWorker(
    IRetention retention, ILedgerMonths months, BlockDropping blocks, RetentionOptions options, TimeProvider clock, ILogger<RetentionWorker> logger) : SiloWork
{
    private const int ListenersPerPage = 1_000;

    /// <summary>Erasures asked for at once. An embedded ledger may write its file anew once for each such number.</summary>
    private const int LapsesMax = 1_000;

    /// <summary>How often a silo looks whether the work is due.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Guid _member = Guid.CreateVersion7();

    /// <inheritdoc/>
    protected override Task RunAsync() => options.IsOff ? Task.CompletedTask : RepeatAsync(Poll, clock, SweepAsync, failure => LogFailed(logger, failure.GetType().Name));

    /// <summary>Does the work if it is due and nobody else does it.</summary>
    public async Task SweepAsync()
    {
        if (!await TakeTurnAsync().ConfigureAwait(false))
        {
            return;
        }

        var now = clock.GetUtcNow();
        if ((options.Impressions == TimeSpan.Zero || await DropMonthsAsync(now).ConfigureAwait(false))
            && (options.Blocks == TimeSpan.Zero || await blocks.DropAsync(now - options.Blocks, TakeTurnAsync, Stopping).ConfigureAwait(false))
            && (options.Listeners == TimeSpan.Zero || await LapseIdleAsync(now - options.Listeners).ConfigureAwait(false)))
        {
            await retention.EndTurnAsync(_member, now + Interval, Stopping).ConfigureAwait(false);
        }
    }

    private Task<bool> TakeTurnAsync() => retention.TakeTurnAsync(_member, clock.GetUtcNow(), Lease, Stopping);

    /// <returns>False if the turn is another's by now.</returns>
    private async Task<bool> DropMonthsAsync(DateTimeOffset now)
    {
        foreach (var month in await months.ReadEndedAsync(now - options.Impressions, Stopping).ConfigureAwait(false))
        {
            if (!await TakeTurnAsync().ConfigureAwait(false))
            {
                return false;
            }

            try
            {
                var sessions = await months.DropAsync(month, now, Stopping).ConfigureAwait(false);
                LogDropped(logger, month, sessions);
            }
            catch (InvalidOperationException notYet)
            {
                LogNotDropped(logger, notYet.Message);
            }
        }

        return true;
    }

    /// <returns>False if the turn is another's by now.</returns>
    private async Task<bool> LapseIdleAsync(DateTimeOffset before)
    {
        var (looked, lapsed) = (0L, 0L);
        foreach (var source in Enum.GetValues<ListenerSource>())
        {
            for (string? after = ""; after is not null;)
            {
                if (!await TakeTurnAsync().ConfigureAwait(false))
                {
                    return false;
                }

                var page = await retention.ReadIdleAsync(source, after, before, ListenersPerPage, Stopping).ConfigureAwait(false);
                (after, looked) = (page.Last, looked + page.Looked);
                foreach (var listener in page.Idle)
                {
                    lapsed += await retention.LapseAsync(listener, before, _member, clock.GetUtcNow(), Stopping).ConfigureAwait(false) ? 1 : 0;
                }

                if (page.Idle.Count > 0)
                {
                    LogProgress(logger, looked, lapsed);
                }

                if (!await WaitForErasuresAsync().ConfigureAwait(false))
                {
                    return false;
                }
            }
        }

        LogSwept(logger, looked, lapsed, before);
        return true;
    }

    /// <returns>False if the turn is another's by now.</returns>
    private async Task<bool> WaitForErasuresAsync()
    {
        while (await retention.CountLapsesAsync(Stopping).ConfigureAwait(false) >= LapsesMax)
        {
            await Task.Delay(Pause, clock, Stopping).ConfigureAwait(false);
            if (!await TakeTurnAsync().ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention: dropped the month {Month:yyyy-MM} with {Sessions} sessions")]
    private static partial void LogDropped(ILogger logger, DateTimeOffset month, long sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention: {Reason} It is tried again in a day")]
    private static partial void LogNotDropped(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention: looked at {Looked} listeners, {Lapsed} are to be erased")]
    private static partial void LogProgress(ILogger logger, long looked, long lapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention: looked at all listeners ({Looked}); {Lapsed} who have not come since {Before:u} are to be erased")]
    private static partial void LogSwept(ILogger logger, long looked, long lapsed, DateTimeOffset before);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention failed ({Failure}) and begins anew in a minute")]
    private static partial void LogFailed(ILogger logger, string failure);
}
