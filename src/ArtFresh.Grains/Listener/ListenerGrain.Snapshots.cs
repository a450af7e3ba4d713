using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <summary>Writes the listener's snapshots to the ledger, and what the listener has passed of the pools to grain storage.</summary>
public sealed partial class ListenerGrain
{
    /// <summary>Blocks between two writes of the places.</summary>
    private const int BlocksPerPlaces = 64;

    private SnapshotSlots _slots = new([0, 0]);
    private long _placesBlockNumber;

    /// <inheritdoc/>
    public async Task<bool> Fold(long blockNumber)
    {
        if (_served.BlockNumber < blockNumber)
        {
            await CatchUpAsync(CancellationToken.None);
        }

        // One a call: whoever drops blocks compares it with the other first.
        var slot = _slots.Next;
        return await HoldsAsync(slot, blockNumber)
            ? await HoldsAsync(1 - slot, blockNumber) || await TakeSnapshotAsync(1 - slot)
            : await TakeSnapshotAsync(slot);
    }

    /// <summary>Whether a slot has a snapshot that is whole, of this log, and reaches a block.</summary>
    private async Task<bool> HoldsAsync(int slot, long blockNumber)
    {
        if (await history.ReadSnapshotAsync(ListenerId, slot, CancellationToken.None) is not { } stored || stored.Snapshot.BlockNumber < blockNumber || stored.TryUnpack() is null)
        {
            return false;
        }

        var rows = await history.ReadBlocksBackAsync(ListenerId, stored.Snapshot.BlockNumber + 1, 1, CancellationToken.None);
        return rows is [var last] && stored.EndsWith(last);
    }

    private async Task SnapshotIfDueAsync()
    {
        if (_slots.IsDue(_served.LogBytes))
        {
            await TakeSnapshotAsync(_slots.Next);
        }

        if (_served.BlockNumber - _placesBlockNumber >= BlocksPerPlaces)
        {
            await SavePlacesAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes all that memory holds into a slot, and reads it back: from then on it stands for the log.</summary>
    /// <returns>Whether it is on disk as it was written. If not, the other snapshot and the blocks since say the same.</returns>
    private async Task<bool> TakeSnapshotAsync(int slot)
    {
        if (_served.ArePlacesStale)
        {
            await SavePlacesAsync(CancellationToken.None);
            if (_served.ArePlacesStale)
            {
                _slots.NoteFailed(slot, _slots[slot], _served.LogBytes);
                return false;
            }
        }

        try
        {
            var taken = new ListenerSnapshot(ListenerId, slot, _served.BlockNumber, _served.LastRow, _served.Fold(_epoch), clock.GetUtcNow());
            var verdict = await ledger.AppendAsync(new SnapshotTaken(taken, _slots[slot]), _epoch);
            var read = await history.ReadSnapshotAsync(ListenerId, slot, CancellationToken.None);
            if (read is not null && read.Checksum == taken.Checksum && read.Snapshot.Checksum == taken.Checksum)
            {
                _slots.NoteWritten(taken);
                _served.NoteFolded();
                return true;
            }

            LogSnapshotNotWritten(logger, taken.BlockNumber, verdict, read?.Snapshot.BlockNumber);
            _slots.NoteFailed(slot, read?.Snapshot.BlockNumber ?? 0, _served.LogBytes);
        }
#pragma warning disable CA1031 // The blocks hold all that the snapshot would, so a failed write must not fail a request.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogSnapshotFailed(logger, failure);
            _slots.NoteFailed(slot, _slots[slot], _served.LogBytes);
        }

        return false;
    }

    private async Task SavePlacesAsync(CancellationToken cancellationToken)
    {
        try
        {
            snapshot.State = _served.ToPlaces();
            await snapshot.WriteStateAsync(cancellationToken);
            _placesBlockNumber = _served.BlockNumber;
            _served.NotePlaces();
            snapshot.State = new ListenerState();
        }
#pragma warning disable CA1031 // They only save time, so a failed write must not fail a request.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogPlacesFailed(logger, failure);
            DeactivateOnIdle();
        }
    }

    /// <summary>Gives a set what the listener has passed of the pools.</summary>
    private void TakePlaces(ServedArtworks served)
    {
        served.TakePlaces(snapshot.State);
        // Frees what the set has unpacked.
        snapshot.State = new ListenerState();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A listener's snapshot up to block {BlockNumber} was not written ({Verdict}; its place has one up to block {Found}); its blocks are in the ledger, and it is tried again later")]
    private static partial void LogSnapshotNotWritten(ILogger logger, long blockNumber, LedgerVerdict verdict, long? found);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Writing a listener's snapshot failed; nothing is lost, because its blocks are in the ledger")]
    private static partial void LogSnapshotFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Writing what a listener has passed of the pools failed; the next activation asks for it again")]
    private static partial void LogPlacesFailed(ILogger logger, Exception failure);
}
