using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <summary>How guests join this listener. The account's grain does it all: while it does, no block is set aside for any of its sessions.</summary>
public sealed partial class ListenerGrain
{
    /// <summary>A guest who is served meanwhile fences the joining off with each block.</summary>
    private const int JoinTriesMax = 16;

    private ServingSessions Serving => new(history, GrainFactory, clock);

    /// <inheritdoc/>
    public async Task<JoinOutcome> Join(string guest)
    {
        CallLimits.CheckListenerId(guest);
        if (await FindErasedAsync(guest) is { } erased)
        {
            return erased;
        }

        for (var tries = 0; tries < JoinTriesMax; tries++)
        {
            if (await FindJoinedAsync(guest) is { } found)
            {
                return found;
            }

            if (tries == 0)
            {
                // What they give back now is the account's to be served.
                await Serving.FinishAsync(guest);
            }

            if (await TryJoinAsync(guest) is { } outcome)
            {
                return outcome;
            }
        }

        return JoinOutcome.Unavailable;
    }

    private async Task<JoinOutcome?> FindErasedAsync(string guest) =>
        await erasures.IsErasedAsync(ListenerId, CancellationToken.None) ? JoinOutcome.Erased
        : await erasures.IsErasedAsync(guest, CancellationToken.None) ? JoinOutcome.GuestErased
        : null;

    /// <summary>What is known of the guest without doing anything; null for a guest who has joined nobody.</summary>
    private async Task<JoinOutcome?> FindJoinedAsync(string guest)
    {
        if (guest == ListenerId)
        {
            return JoinOutcome.Same;
        }

        if (_joinedTo is not null)
        {
            return await GrainFactory.GetGrain<IListenerGrain>(_joinedTo).Join(guest);
        }

        return await aliases.FindAliasAsync(guest, CancellationToken.None) is not { } alias ? null
            : alias.Account == ListenerId || await aliases.CountStepsAsync(alias.Account, ListenerId) > 0 ? JoinOutcome.Joined
            : JoinOutcome.JoinedAnother;
    }

    /// <returns>Null when a log has gone on meanwhile: look again, and try again.</returns>
    private async Task<JoinOutcome?> TryJoinAsync(string guest)
    {
        // Before the guest's artworks are the account's: a session must not go on with a block that they are in.
        var ended = await EndBlocks();
        if (ended != SessionOutcome.Done)
        {
            return ended == SessionOutcome.Joined ? null : JoinOutcome.Unavailable;
        }

        var handed = await HandOverAsync(guest);
        if (handed is null || await Serving.EndBlocksAsync(guest, handed.BlockNumber) is null)
        {
            // A session of the guest that could not be ended may serve what this listener has had.
            return JoinOutcome.Unavailable;
        }

        var verdict = await AppendAsync(new ListenerJoined(
            guest, handed.BlockNumber + 1, ListenerId, _served.BlockNumber + 1, [.. ArtworkSet.FromBytes(handed.Artworks)], clock.GetUtcNow()));
        if (verdict != LedgerVerdict.Committed)
        {
            return verdict == LedgerVerdict.Unavailable ? JoinOutcome.Unavailable : null;
        }

        await SnapshotIfDueAsync();
        return JoinOutcome.Joined;
    }

    /// <returns>Null if the guest's grain is on a silo of the release before, which knows no joining.</returns>
    private async Task<HandedOver?> HandOverAsync(string guest)
    {
        try
        {
            return await GrainFactory.GetGrain<IListenerGrain>(guest).HandOver();
        }
        catch (Exception unknown) when (OlderSilo.LacksMethod(unknown))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<HandedOver> HandOver()
    {
        // An answer of the ledger may have been lost: the log has gone on without this grain.
        await CatchUpAsync(CancellationToken.None);
        return new HandedOver(_served.BlockNumber, _served.ToBytes());
    }

    /// <inheritdoc/>
    public async Task<SessionOutcome> EndBlocks()
    {
        await CatchUpAsync(CancellationToken.None);
        if (await Serving.EndBlocksAsync(ListenerId, _served.BlockNumber) is not { } ended)
        {
            return SessionOutcome.Unavailable;
        }

        if (_joinedTo is not null)
        {
            return SessionOutcome.Joined;
        }

        foreach (var (sessionId, artworkIds) in ended.Where(one => !one.ArtworkIds.IsEmpty))
        {
            // Best effort: what is not given back stays served.
            await TakeBackRest(sessionId, artworkIds);
        }

        return SessionOutcome.Done;
    }

    private async Task<LedgerVerdict> AppendAsync(ListenerJoined joined)
    {
        var verdict = await ledger.AppendAsync(joined, _epoch);
        if (verdict == LedgerVerdict.Committed)
        {
            var row = joined.JoiningRow;
            _served.Apply(new LoggedBlock(row.BlockNumber, row.Kind, row.SessionId, row.ArtworkIds, row.ReturnedIds));
        }
        else if (verdict == LedgerVerdict.Fenced)
        {
            // The guest was served meanwhile, or another activation of this listener has written.
            LogJoinFenced(logger);
            await CatchUpFencedAsync(joined.AccountBlockNumber);
        }

        return verdict;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A block was written while a guest joined an account; trying again")]
    private static partial void LogJoinFenced(ILogger logger);
}
