using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Reads committed blocks of fresh art back from the ledger, each with its listener's whole log, and counts the artworks that were served twice. It finds the faults
/// that the listener's grain can't find in itself: a wrong set in memory, or a wrong filter. A longer log takes longer to read, so the check pauses in proportion
/// and takes a fixed share of the time; under load it checks a sample of the blocks. <c>verify</c> reads every log.
/// </summary>
public sealed partial class BlockCheck(UncheckedBlocks blocks, IBlockLog log, LedgerWriter ledger, TimeProvider clock, ILogger<BlockCheck> logger)
    : SiloWork
{
    /// <summary>Pause after each listener's blocks, as a multiple of the time that they took: 1% of one processor at most.</summary>
    private const int PauseFactor = 99;

    /// <summary>The longest pause, so that one slow read does not stop the check.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        while (true)
        {
            var some = await blocks.TakeAsync(Stopping).ConfigureAwait(false);
            var started = clock.GetTimestamp();
            // One listener's blocks that can't be checked must not stop the others.
            await TryAsync(() => CheckAsync(some), failure => LogFailed(logger, some.Count, some.First().SessionId, failure)).ConfigureAwait(false);
            var pause = clock.GetElapsedTime(started) * PauseFactor;
            await Task.Delay(pause < PauseMax ? pause : PauseMax, clock, Stopping).ConfigureAwait(false);
        }
    }

    private async Task CheckAsync(IReadOnlyCollection<UncheckedBlock> some)
    {
        var rows = await log.ReadBlockRowsAsync(some.First().ListenerId, Stopping).ConfigureAwait(false);
        // Where nothing is dropped, the rows say all.
        var snapshots = rows is [{ Number: > 1 }, ..] ? await log.ReadSnapshotsAsync(some.First().ListenerId, Stopping).ConfigureAwait(false) : [];
        var servedTwice = ServedTwiceFinder.Find(rows, snapshots, some.Select(block => block.BlockNumber).ToHashSet());
        foreach (var block in some)
        {
            if (servedTwice.TryGetValue(block.BlockNumber, out var again))
            {
                await CountAsync(block, again).ConfigureAwait(false);
            }
        }
    }

    private async Task CountAsync(UncheckedBlock block, IReadOnlyList<long> again)
    {
        LogServedTwice(logger, block.BlockNumber, block.SessionId, again.Count, again[0]);
        if (again.Count > block.ServedTwice
            && await ledger.AppendAsync(new ServedTwiceFound(block.SessionId, block.LoggedAt, again.Count - block.ServedTwice)).ConfigureAwait(false) != LedgerVerdict.Committed)
        {
            LogUncounted(logger, block.BlockNumber, block.SessionId);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "[Violation] Block {BlockNumber} of a listener serves session {SessionId} {Count} artworks that earlier blocks served to the listener; the first is {ArtworkId}")]
    private static partial void LogServedTwice(ILogger logger, long blockNumber, Guid sessionId, int count, long artworkId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Counting the artworks that block {BlockNumber}, for session {SessionId}, served twice failed: no release's figures hold them; the commands verify and legacy do")]
    private static partial void LogUncounted(ILogger logger, long blockNumber, Guid sessionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Checking {Blocks} blocks of a listener, the first for session {SessionId}, failed; continuing with the next listener's")]
    private static partial void LogFailed(ILogger logger, int blocks, Guid sessionId, Exception failure);
}
