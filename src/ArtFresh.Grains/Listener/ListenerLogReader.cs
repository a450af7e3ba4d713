using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <summary>What a listener's log says, from a snapshot and the rows after it.</summary>
/// <param name="Logged">All that it says.</param>
/// <param name="Ahead">What snapshots hold that are not of this log; null for none.</param>
/// <param name="IsLater">Whether the log has rows where such a snapshot ends.</param>
/// <param name="LastKind">The kind of its last row; null for an empty log.</param>
/// <param name="Slots">The listener's snapshots.</param>
internal sealed record ReadLog(ServedArtworks Logged, ServedArtworks? Ahead, bool IsLater, BlockKind? LastKind, SnapshotSlots Slots);

/// <summary>Reads a listener's log: from the newest snapshot that is whole and of this log, else from the other, else from its first row.</summary>
internal sealed partial class ListenerLogReader(IListenerHistory history, ILogger logger)
{
    /// <exception cref="Contracts.LedgerUnavailableException">The ledger does not answer, or has not all that the log said: a set that may be incomplete must not be served from.</exception>
    public async Task<ReadLog> ReadAsync(string listenerId, CancellationToken cancellationToken)
    {
        var (without, ahead, isLater) = (0L, default(ServedArtworks), false);
        while (true)
        {
            var read = await history.ReadLogAsync(listenerId, without, cancellationToken);
            if (read.Newest is not { } newest)
            {
                return ReadOn(new ServedArtworks(), read, read.Blocks, new SnapshotSlots(read.Slots));
            }

            var snapshot = newest.Snapshot;
            if (newest.TryUnpack() is not { } folded)
            {
                LogDamaged(logger, snapshot.BlockNumber);
            }
            else
            {
                var served = new ServedArtworks(snapshot, folded);
                if (read.Blocks is [var last, ..] && served.IsLast(last))
                {
                    return ReadOn(served, read, [.. read.Blocks.Skip(1)], new SnapshotSlots(read.Slots, snapshot.Slot, snapshot.State.Length)) with { LastKind = read.Blocks[^1].Kind };
                }

                if (ahead is not null)
                {
                    served.Remember(ahead);
                }

                (ahead, isLater) = (served, isLater || read.Blocks.Count > 0);
            }

            without |= 1L << snapshot.Slot;
        }

        ReadLog ReadOn(ServedArtworks logged, ListenerRead read, IReadOnlyList<LoggedBlock> rows, SnapshotSlots slots)
        {
            // A snapshot, also one ahead of the log, holds all that was dropped. Other rows are missing because the ledger has gone back: epochs answer for them.
            var mayBeDropped = read.AreDropped && logged.BlockNumber == 0 && rows is [{ BlockNumber: > 1 }, ..];
            logged.CatchUp(rows, isPart: ahead is not null || !mayBeDropped);
            return new ReadLog(logged, ahead, isLater, rows.Count == 0 ? null : rows[^1].Kind, slots);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener's snapshot up to block {BlockNumber} is damaged; reading the other one and the blocks since, or all blocks. The next snapshot replaces it")]
    private static partial void LogDamaged(ILogger logger, long blockNumber);
}
