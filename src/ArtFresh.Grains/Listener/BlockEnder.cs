using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <summary>
/// Ends the blocks of listeners to whose log a command has written beside the silos: a backfill, or an operator's joining. What is to end rests in the ledger, and any silo may
/// end it, also a second time.
/// </summary>
public sealed partial class BlockEnder(IBlockEndings endings, IGrainFactory grains, TimeProvider clock, ILogger<BlockEnder> logger)
    : SiloWork
{
    private const int EndingsPerRound = 256;

    private const int CallsAtOnce = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override Task RunAsync() => RepeatAsync(Interval, clock, EndAllAsync, failure => LogFailed(logger, failure));

    private async Task EndAllAsync()
    {
        foreach (var some in (await endings.ReadAsync(EndingsPerRound, Stopping).ConfigureAwait(false)).Chunk(CallsAtOnce))
        {
            await Task.WhenAll(some.Select(EndAsync)).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(BlockEnding ending)
    {
        if (await grains.GetGrain<IListenerGrain>(ending.ListenerId).EndBlocks().ConfigureAwait(false) is SessionOutcome.Done or SessionOutcome.Joined)
        {
            await endings.DeleteAsync(ending, Stopping).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ending the blocks of listeners whose log a command has written failed; retrying at the next interval")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
