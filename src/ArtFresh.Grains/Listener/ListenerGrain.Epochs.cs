using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <summary>What the grain or its snapshot remembers beyond a log that has gone back is written to the log, so that the listener is not served it again.</summary>
public sealed partial class ListenerGrain : IIncomingGrainCallFilter
{
    private long _epoch;

    private ListenerLogReader Reader => new(history, logger);

    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await FollowEpochAsync();
        await context.Invoke();
    }

    /// <inheritdoc/>
    public async Task<OfferResult> Offer(OfferedArtworks offered)
    {
        CallLimits.CheckOffered(offered);
        if (_joinedTo is not null)
        {
            return await GrainFactory.GetGrain<IListenerGrain>(_joinedTo).Offer(offered);
        }

        var missing = await catalogue.FindMissingAsync(offered.ArtworkIds, CancellationToken.None);
        if (offered.Epoch != _epoch)
        {
            return new OfferResult(SessionOutcome.Done, 0, [.. missing]);
        }

        // Of this epoch the log has all; a client that names what it was not served must not have it spent.
        var first = epochs.Known.All[^1].FirstArtwork;
        var added = offered.ArtworkIds.Distinct().Where(id => id < first && !_served.Contains(id) && !missing.Contains(id)).Order().ToImmutableArray();
        var isWhole = epochs.Known.IsCovered(ListenerId, offered.Since, _served.WholeSince) && epochs.Known.FloorOf(ListenerId, _served.WholeSince) > 0;
        var verdict = added.IsEmpty && !isWhole
            ? LedgerVerdict.Committed
            : await AppendAsync(BlockKind.Backfilled, isWhole ? EpochRows.Whole(_epoch) : EpochRows.Kept(_epoch), added, []);
        return verdict == LedgerVerdict.Committed ? new OfferResult(SessionOutcome.Done, added.Length, [.. missing]) : new OfferResult(SessionOutcome.Unavailable);
    }

    /// <summary>Reads snapshot and log at activation, again if the ledger has gone back meanwhile: what is read then is a copy, and not what the listener had.</summary>
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        _epoch = epochs.Known.Current;
        await ReadAsync(cancellationToken);
        while (_epoch != epochs.Known.Current)
        {
            _epoch = epochs.Known.Current;
            await snapshot.ReadStateAsync(cancellationToken);
            await ReadAsync(cancellationToken);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var read = await Reader.ReadAsync(ListenerId, cancellationToken);
        (_served, _slots) = (read.Logged, read.Slots);
        TakePlaces(_served);
        _placesBlockNumber = _served.BlockNumber;
        if (read.Ahead is { } ahead && _epoch == epochs.Known.Current && !await erasures.IsErasedAsync(ListenerId, cancellationToken))
        {
            await KeepSnapshotAsync(ahead, read.IsLater, cancellationToken);
        }

        if (read.LastKind == BlockKind.Closed)
        {
            await FindAccountAsync(cancellationToken);
        }
    }

    /// <summary>The log ends before a snapshot, or holds another row where the snapshot ends: what the snapshot remembers goes into the log.</summary>
    private async Task KeepSnapshotAsync(ServedArtworks ahead, bool isLater, CancellationToken cancellationToken)
    {
        LogSnapshotAhead(logger, ahead.BlockNumber);
        if (ahead.Epoch == _epoch && _epoch != 0 && !isLater)
        {
            // The log has lost rows that no epoch knows of.
            await epochs.FoundBehindAsync(LedgerEpoch.Older + "a listener's snapshot is ahead of its log", cancellationToken);
            _epoch = epochs.Known.Current;
        }

        await WriteRememberedAsync(ahead, EpochRows.Kept(_epoch), cancellationToken);
        // From here on both are of this log.
        if (_joinedTo is null && await TakeSnapshotAsync(_slots.Next))
        {
            await TakeSnapshotAsync(_slots.Next);
        }
    }

    /// <summary>Writes what memory holds beyond the log when the ledger has gone back. Memory was whole, and so the log is from then on.</summary>
    private async Task FollowEpochAsync()
    {
        if (_epoch == epochs.Known.Current)
        {
            return;
        }

        var epoch = epochs.Known.Current;
        if (_epoch == 0 || !IsOpen)
        {
            _epoch = epoch;
            if (_isErased)
            {
                // The ledger may have lost the erasure: the next activation reads what it says.
                await Forget();
            }

            return;
        }

        await WriteRememberedAsync(_served, EpochRows.Whole(epoch), CancellationToken.None, epoch);
    }

    /// <param name="remembered">What memory or the snapshot holds.</param>
    /// <param name="session">The session of the row.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <param name="epoch">The epoch that this activation is of once the row is written; 0 for its own.</param>
    private async Task WriteRememberedAsync(ServedArtworks remembered, Guid session, CancellationToken cancellationToken, long epoch = 0)
    {
        epoch = epoch == 0 ? _epoch : epoch;
        for (var tries = 0; tries < FencedTriesMax; tries++)
        {
            await snapshot.ReadStateAsync(cancellationToken);
            var read = await Reader.ReadAsync(ListenerId, cancellationToken);
            var logged = read.Logged;
            TakePlaces(logged);
            if (read.Ahead is { } ahead)
            {
                remembered.Remember(ahead);
            }

            if (read.LastKind == BlockKind.Closed)
            {
                (_served, _slots, _epoch) = (logged, read.Slots, epoch);
                await FindAccountAsync(cancellationToken);
                return;
            }

            var row = new LoggedBlock(logged.BlockNumber + 1, BlockKind.Backfilled, session, remembered.Beyond(logged), []);
            if (row.ArtworkIds.IsEmpty && EpochRows.WholeSince(row.Kind, session) == 0)
            {
                (_served, _slots, _epoch) = (logged, read.Slots, epoch);
                return;
            }

            var verdict = await ledger.AppendAsync(
                new BlockLogged(ListenerId, row.BlockNumber, row.Kind, row.SessionId, row.ArtworkIds, row.ReturnedIds, clock.GetUtcNow()), epoch);
            if (verdict == LedgerVerdict.Committed)
            {
                logged.Apply(row);
                (_served, _slots, _epoch) = (logged, read.Slots, epoch);
                LogRemembered(logger, row.ArtworkIds.Length, epoch);
                return;
            }

            if (verdict == LedgerVerdict.Unavailable)
            {
                break;
            }
        }

        // Memory stays as it was, for the next try.
        throw new LedgerUnavailableException("What is remembered of a listener cannot be written to the ledger.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Artworks} artworks of a listener were remembered and not in the ledger; they are written to it in epoch {Epoch}")]
    private static partial void LogRemembered(ILogger logger, int artworks, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A listener's snapshot covers block {BlockNumber}, which the log does not have; its artworks are written to the log")]
    private static partial void LogSnapshotAhead(ILogger logger, long blockNumber);
}
