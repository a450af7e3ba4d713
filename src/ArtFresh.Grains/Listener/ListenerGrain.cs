using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <inheritdoc cref="IListenerGrain"/>
/// <remarks>Not reentrant: it sets one block aside after the other, and each is in the ledger before it is in the set.</remarks>
[GrainType("listener")]
public sealed partial class ListenerGrain(
    [PersistentState("listener", ListenerGrain.SnapshotStorage)] IPersistentState<ListenerState> snapshot,
    IListenerHistory history,
    IListenerAliases aliases,
    IErasures erasures,
    IArtworkCatalogue catalogue,
    LedgerWriter ledger,
    ILedgerEpochs epochs,
    FreshRule rule,
    WithdrawnArtworks withdrawn,
    CatalogueShelves shelves,
    AlikeArtworks alike,
    MoodPoolOptions pools,
    TimeProvider clock,
    ILogger<ListenerGrain> logger) : Grain, IListenerGrain
{
    /// <summary>Name of the grain storage that keeps what the listener has passed of the pools.</summary>
    public const string SnapshotStorage = GrainStorages.Snapshots;

    private const int FencedTriesMax = 4;

    /// <summary>Those given back or passed over.</summary>
    private readonly Dictionary<long, Artwork> _waitingArtworks = [];
    private ServedArtworks _served = new();
    private string? _joinedTo;
    private bool _isErased;

    private string ListenerId => this.GetPrimaryKeyString();

    /// <summary>Whether the log takes rows.</summary>
    private bool IsOpen => _joinedTo is null && !_isErased;

    private SessionOutcome Refusal => _isErased ? SessionOutcome.ListenerErased : _joinedTo is null ? SessionOutcome.Unavailable : SessionOutcome.Joined;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        CallLimits.CheckListenerId(ListenerId);
        await LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (reason.ReasonCode != DeactivationReasonCode.ActivationFailed)
        {
            await FollowEpochAsync();
        }

        if (_joinedTo is null && _served.BlockNumber > _placesBlockNumber && reason.ReasonCode != DeactivationReasonCode.ActivationFailed)
        {
            await SavePlacesAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<Block> SetAside(BlockRequest request)
    {
        CallLimits.Check(request);
        for (var tries = 0; tries < FencedTriesMax && IsOpen; tries++)
        {
            var returned = request.Returned.Select(artwork => artwork.ArtworkId).Where(_served.MayGiveBack).ToImmutableArray();
            var picked = await PickAsync(request);
            if (picked.Artworks.Count == 0)
            {
                // Of collections there may be nothing more, which is no fault.
                return new Block(request.Collections.IsDefaultOrEmpty ? SessionOutcome.Unavailable : SessionOutcome.Done);
            }

            var verdict = await AppendAsync(
                BlockKind.SetAside, request.SessionId, [.. picked.Artworks.Select(artwork => artwork.ArtworkId)], returned);
            if (verdict == LedgerVerdict.Unavailable)
            {
                return new Block(SessionOutcome.Unavailable);
            }

            if (verdict == LedgerVerdict.Committed)
            {
                picked.Commit(_served);
                Remember(request.Returned);
                Remember(picked.PassedOver);
                await SnapshotIfDueAsync();
                return new Block(SessionOutcome.Done, _served.BlockNumber, [.. picked.Artworks]);
            }
        }

        return new Block(Refusal);
    }

    /// <inheritdoc/>
    public async Task<ClaimResult> Claim(Guid sessionId, ImmutableArray<long> artworkIds)
    {
        CallLimits.CheckReported(artworkIds);
        var missing = await catalogue.FindMissingAsync(artworkIds, CancellationToken.None);
        return await JudgeForeign(new ForeignArtworks(sessionId, artworkIds, [.. artworkIds.Where(id => !missing.Contains(id))]));
    }

    /// <inheritdoc/>
    public async Task<ClaimResult> JudgeForeign(ForeignArtworks foreign)
    {
        CallLimits.Check(foreign);
        var judge = new ClaimJudge(ListenerId, history, aliases, catalogue, epochs.Known, GrainFactory);
        for (var tries = 0; tries < FencedTriesMax && IsOpen; tries++)
        {
            var sorted = await judge.SortAsync(foreign, _served);
            var (claim, withheld) = await judge.ClaimAsync(foreign, sorted, _served);
            // A withheld artwork was set aside for a session: the row gives it back and spends it at once.
            var verdict = await AppendIfAnyAsync(BlockKind.Unserved, foreign.SessionId, [.. sorted.Spent, .. withheld], withheld);
            if (verdict == LedgerVerdict.Committed)
            {
                verdict = await AppendIfAnyAsync(BlockKind.Claimed, foreign.SessionId, claim.Granted, []);
                if (verdict == LedgerVerdict.Committed)
                {
                    return claim with { BlockNumber = _served.BlockNumber };
                }
            }

            if (verdict == LedgerVerdict.Unavailable)
            {
                break;
            }
        }

        return new ClaimResult(Refusal, JoinedTo: _joinedTo);
    }

    /// <inheritdoc/>
    public Task<SessionOutcome> TakeBack(Guid sessionId, ImmutableArray<long> artworkIds) => TakeBackAsync(BlockKind.TakenBack, sessionId, artworkIds);

    /// <inheritdoc/>
    public Task<SessionOutcome> TakeBackRest(Guid sessionId, ImmutableArray<long> artworkIds) => TakeBackAsync(BlockKind.SetAside, sessionId, artworkIds);

    private async Task<SessionOutcome> TakeBackAsync(BlockKind kind, Guid sessionId, ImmutableArray<long> artworkIds)
    {
        CallLimits.CheckReturned(artworkIds);
        // No retry: after a fence the ledger may hold this very row, and giving back twice could free artworks that were served in between.
        var returned = artworkIds.Where(_served.MayGiveBack).Distinct().ToImmutableArray();
        if (returned.IsEmpty || _joinedTo is not null)
        {
            return SessionOutcome.Done;
        }

        var verdict = await AppendAsync(kind, sessionId, [], returned);
        return verdict == LedgerVerdict.Committed ? SessionOutcome.Done : SessionOutcome.Unavailable;
    }

    /// <inheritdoc/>
    public Task<bool> Has(long artworkId) => Task.FromResult(_served.Contains(artworkId) && !_served.IsUnserved(artworkId));

    /// <inheritdoc/>
    public Task Forget()
    {
        // Nothing is to be written any more.
        _placesBlockNumber = long.MaxValue;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>Writes a row, if it adds any artworks. One without any may still say something, such as that the log is whole.</summary>
    private Task<LedgerVerdict> AppendIfAnyAsync(BlockKind kind, Guid sessionId, ImmutableArray<long> artworkIds, ImmutableArray<long> returnedIds) =>
        artworkIds.IsEmpty ? Task.FromResult(LedgerVerdict.Committed) : AppendAsync(kind, sessionId, artworkIds, returnedIds);

    /// <summary>Writes a row to the log and applies it to the set. After a fence, reads the rows of the other activation.</summary>
    private async Task<LedgerVerdict> AppendAsync(
        BlockKind kind, Guid sessionId, ImmutableArray<long> artworkIds, ImmutableArray<long> returnedIds)
    {
        var blockNumber = _served.BlockNumber + 1;
        // More than 0 only if the pick is broken. Logged and counted before the listener sees the artworks.
        var servedTwice = kind == BlockKind.SetAside ? artworkIds.Count(_served.Contains) : 0;
        var claimed = kind == BlockKind.Claimed ? artworkIds.Count(id => !_served.Contains(id)) : 0;
        var verdict = await ledger.AppendAsync(
            new BlockLogged(ListenerId, blockNumber, kind, sessionId, artworkIds, returnedIds, clock.GetUtcNow(), servedTwice, claimed), _epoch);
        if (verdict == LedgerVerdict.Committed)
        {
            if (servedTwice > 0)
            {
                LogServedTwice(logger, servedTwice, sessionId);
            }

            _served.Apply(new LoggedBlock(blockNumber, kind, sessionId, artworkIds, returnedIds));
        }
        else if (verdict == LedgerVerdict.Fenced)
        {
            await CatchUpFencedAsync(blockNumber);
        }

        return verdict;
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var blocks = await history.ReadBlocksAsync(ListenerId, _served.BlockNumber, cancellationToken);
        _served.CatchUp(blocks);
        if (blocks is [.., { Kind: BlockKind.Closed }])
        {
            await FindAccountAsync(cancellationToken);
        }
    }

    private async Task CatchUpFencedAsync(long blockNumber)
    {
        await CatchUpAsync(CancellationToken.None);
        if (_served.BlockNumber >= blockNumber)
        {
            LogFenced(logger, blockNumber);
            return;
        }

        // Nobody wrote that block. The log may be closed, and the set from a snapshot that covers its last row; or the listener is erased.
        await FindAccountAsync(CancellationToken.None);
        if (_joinedTo is null)
        {
            _isErased = await erasures.IsErasedAsync(ListenerId, CancellationToken.None);
            if (_isErased)
            {
                Empty();
            }
            else
            {
                await Forget();
            }
        }
    }

    /// <summary>Forgets an erased listener, and stays to refuse the calls that wait: forwarded to one activation after the other they would fail.</summary>
    private void Empty()
    {
        _served = new ServedArtworks();
        _waitingArtworks.Clear();
        _placesBlockNumber = long.MaxValue;
    }

    private async Task FindAccountAsync(CancellationToken cancellationToken) =>
        _joinedTo = (await aliases.FindAliasAsync(ListenerId, cancellationToken))?.Account;

    [LoggerMessage(Level = LogLevel.Error, Message = "[Violation] {ServedTwice} artworks that were served to a listener earlier were set aside for the listener's session {SessionId}. Run verify")]
    private static partial void LogServedTwice(ILogger logger, int servedTwice, Guid sessionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another activation of a listener wrote block {BlockNumber} first; reading its blocks")]
    private static partial void LogFenced(ILogger logger, long blockNumber);
}
