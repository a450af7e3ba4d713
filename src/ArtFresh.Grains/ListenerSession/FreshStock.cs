using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>
/// The block that a session serves from, in memory. Requests the next block when this one runs low. When the mood has moved to another cell, the request for the next
/// block gives the unserved rest back. Runs only in its grain's turns.
/// </summary>
/// <param name="impressions">The session's impressions. A function, because a reload replaces the object.</param>
internal sealed class FreshStock(Guid sessionId, IListenerGrain listener, SessionServices services, Func<SessionImpressions> impressions)
{
    // Arrays without spare capacity: there are many serving sessions.
    private readonly List<(ulong RequestHash, ImmutableArray<Artwork> Artworks)> _answers = [];
    private List<(ulong RequestHash, Task<TakeFreshResult> Answer)>? _pending;
    private Task<SessionOutcome>? _refill;
    private Artwork[] _block = [];
    private int _served;
    private int _cell = -1;
    private ImmutableArray<string> _collections;
    /// <summary>Whether the collections that were asked for had nothing more.</summary>
    private bool _isSpent;
    private long _blockSince;
    private long? _answeredMs;
    private long _endedUpTo;
    private int _blockArtworks = SessionLimits.FirstBlockArtworks;
    private LastFamilies _families;
    private bool _closed;

    /// <summary>Artworks of the block that are in no answer yet.</summary>
    public int UnservedCount => _block.Length - _served;

    /// <summary>The request for the next block, while it is on its way.</summary>
    public Task? Refilling => _refill;

    private bool IsBlockOld => services.Clock.GetElapsedTime(_blockSince) > BlockEnding.BlockLifetime;

    private ReadOnlySpan<Artwork> Unserved => _block.AsSpan(_served);

    /// <summary>Artworks for the request; the same request id gets the same answer again.</summary>
    public Task<TakeFreshResult> TakeAsync(FreshRequest request)
    {
        if (request.RequestId is not { } requestId)
        {
            return TakeNewAsync(request);
        }

        var hash = HashOf(requestId);
        foreach (var earlier in _answers)
        {
            if (earlier.RequestHash == hash)
            {
                return Task.FromResult(new TakeFreshResult(SessionOutcome.Done, earlier.Artworks));
            }
        }

        foreach (var pending in _pending ?? [])
        {
            if (pending.RequestHash == hash)
            {
                return pending.Answer;
            }
        }

        var answer = TakeAndRememberAsync(hash, request);
        if (!answer.IsCompleted)
        {
            (_pending ??= []).Add((hash, answer));
        }

        return answer;
    }

    /// <summary>Whether one of the artworks is in the block and in no answer yet.</summary>
    public bool HoldsAny(ReadOnlySpan<long> artworkIds)
    {
        foreach (var artwork in Unserved)
        {
            if (artworkIds.Contains(artwork.ArtworkId))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes artworks that are in no answer yet, so that they are neither served nor given back.</summary>
    /// <returns>Those of <paramref name="artworkIds"/> that were removed.</returns>
    public ImmutableArray<long> Remove(ImmutableArray<long> artworkIds)
    {
        if (!HoldsAny(artworkIds.AsSpan()))
        {
            return [];
        }

        var (removed, kept) = (ImmutableArray.CreateBuilder<long>(), new List<Artwork>(UnservedCount));
        foreach (var artwork in Unserved)
        {
            if (artworkIds.Contains(artwork.ArtworkId))
            {
                removed.Add(artwork.ArtworkId);
            }
            else
            {
                kept.Add(artwork);
            }
        }

        (_block, _served) = ([.. kept], 0);
        return removed.ToImmutable();
    }

    /// <summary>Removes withdrawn artworks that are in no answer yet, and from the answers that a request may ask for again.</summary>
    public void RemoveWithdrawn()
    {
        impressions().Withhold(Remove(IdsOf([.. Unserved.ToArray().Where(artwork => services.Withdrawn.Contains(artwork.ArtworkId))])).AsSpan());
        for (var i = _answers.Count - 1; i >= 0; i--)
        {
            var (hash, artworks) = _answers[i];
            _answers[i] = (hash, artworks.RemoveAll(artwork => services.Withdrawn.Contains(artwork.ArtworkId)));
            if (_answers[i].Artworks.IsEmpty)
            {
                _answers.RemoveAt(i);
            }
        }
    }

    /// <summary>Removes artworks that are in no answer yet, of collections whose time is over.</summary>
    public void RemoveClosed() =>
        impressions().Withhold(Remove(IdsOf([.. Unserved.ToArray().Where(artwork => !services.Shelves.IsOpen(artwork))])).AsSpan());

    /// <summary>Removes what the session does not own. Call it after the impressions were replaced.</summary>
    public void KeepOwned() => Append(TakeAll());

    /// <summary>
    /// Empties the stock, and voids blocks up to that number that are on their way, what waiting requests have taken, and answers that a request may ask for again.
    /// </summary>
    public ImmutableArray<long> EndBlock(long blockNumber)
    {
        _endedUpTo = Math.Max(_endedUpTo, blockNumber);
        _answers.Clear();
        return IdsOf(TakeAll());
    }

    /// <summary>Empties the stock for good.</summary>
    public ImmutableArray<long> TakeUnserved()
    {
        _closed = true;
        return IdsOf(TakeAll());
    }

    /// <summary>Gives artworks that were in no answer back to the listener's grain. If the call fails, they stay served.</summary>
    public static Task ReturnRestAsync(IListenerGrain listener, Guid sessionId, ImmutableArray<long> rest) => rest.IsEmpty
        ? Task.CompletedTask
        : OlderSilo.CallAsync(() => listener.TakeBackRest(sessionId, rest), () => listener.TakeBack(sessionId, rest));

    // Stored in place of the id, which takes 100 bytes. If two recent request ids of a session had the same hash, the second request would get the first one's answer.
    private static ulong HashOf(string requestId) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(requestId.AsSpan()));

    private static ImmutableArray<long> IdsOf(ImmutableArray<Artwork> artworks) => [.. artworks.Select(artwork => artwork.ArtworkId)];

    private async Task<TakeFreshResult> TakeAndRememberAsync(ulong requestHash, FreshRequest request)
    {
        try
        {
            var result = await TakeNewAsync(request);
            // Failures are not cached: a retry may succeed.
            if (result.Outcome == SessionOutcome.Done)
            {
                if (_answers.Count == SessionLimits.AnswersKeptMax)
                {
                    _answers.RemoveAt(0);
                }

                _answers.Add((requestHash, result.Artworks));
            }

            return result;
        }
        finally
        {
            if (_pending is { Count: > 0 })
            {
                RemovePending(requestHash);
            }
        }
    }

    private void RemovePending(ulong requestHash) => _pending!.RemoveAll(pending => pending.RequestHash == requestHash);

    private async Task<TakeFreshResult> TakeNewAsync(FreshRequest request)
    {
        var taken = ImmutableArray.CreateBuilder<Artwork>(request.Count);
        var cell = MoodGrid.CellOf(request.Mood);
        // Decided once per request, or two requests of different moods would keep giving each other's block back.
        var isOther = _cell >= 0 && IsOther(request, cell);
        var moved = isOther || (_cell >= 0 && IsBlockOld);
        long? waitingSince = null;
        while (taken.Count < request.Count)
        {
            var wanted = request.Count - taken.Count;
            if (moved || Unserved.IsEmpty)
            {
                waitingSince ??= services.Clock.GetTimestamp();
                var endedUpTo = _endedUpTo;
                var outcome = _closed ? SessionOutcome.SessionEnded
                    : IsLate(waitingSince.Value) ? SessionOutcome.Unavailable
                    : await (moved ? RefillMovedAsync(request, cell, wanted, waitingSince.Value) : RefillAsync(request, cell, wanted));
                RemoveLost(taken, endedUpTo);
                wanted = request.Count - taken.Count;
                if ((_isSpent && !request.Collections.IsDefaultOrEmpty) || (outcome == SessionOutcome.Unavailable && taken.Count > 0))
                {
                    // Returns fewer artworks in time rather than all of them late.
                    break;
                }

                if (outcome != SessionOutcome.Done)
                {
                    Append(taken);
                    return new TakeFreshResult(outcome);
                }
            }

            moved = false;
            // Loops until there are enough: another request may have taken some while this one waited.
            var next = Unserved[..Math.Min(wanted, Unserved.Length)];
            Note(next);
            taken.AddRange(next);
            _served += next.Length;
        }

        _answeredMs = services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (Unserved.Length < _blockArtworks / 4 && !_closed && !_isSpent)
        {
            // The request that needs the block gets the failure.
            RefillAsync(request, cell, 0).Ignore();
        }

        return new TakeFreshResult(SessionOutcome.Done, taken.DrainToImmutable(), HasMoved: isOther);
    }

    /// <summary>Removes what was withdrawn or another session has claimed meanwhile, a batch has reported, or was of a block that has ended, and so is given up.</summary>
    private void RemoveLost(ImmutableArray<Artwork>.Builder taken, long endedUpTo)
    {
        var isEnded = _endedUpTo != endedUpTo;
        impressions().Withhold(IdsOf([.. taken.Where(artwork => isEnded || services.Withdrawn.Contains(artwork.ArtworkId))]).AsSpan());
        taken.RemoveAll(artwork => !impressions().Owns(artwork.ArtworkId));
    }

    /// <summary>Whether a request is for other art than the block has.</summary>
    private bool IsOther(FreshRequest request, int cell) => _cell != cell || !(_collections.IsDefault ? [] : _collections).AsSpan().SequenceEqual((request.Collections.IsDefault ? [] : request.Collections).AsSpan());

    private void Append(IEnumerable<Artwork> artworks) => (_block, _served) = (_families.Order([.. Unserved, .. artworks]), 0);

    private void Note(ReadOnlySpan<Artwork> served)
    {
        foreach (var artwork in served)
        {
            _families.Add(artwork);
        }
    }

    private ImmutableArray<Artwork> TakeAll()
    {
        var all = Unserved.ToImmutableArray().RemoveAll(artwork => !impressions().Owns(artwork.ArtworkId));
        (_block, _served) = ([], 0);
        return all;
    }

    /// <summary>Whether one more wait would end after the deadline.</summary>
    private bool IsLate(long waitingSince) => services.Clock.GetElapsedTime(waitingSince) > services.Pools.LastWait;

    /// <summary>
    /// The next block of the request's mood. One that is on its way for another mood comes first, and is given back. Of many requests of many moods each would wait for
    /// all before it: who is late takes what there is.
    /// </summary>
    private async Task<SessionOutcome> RefillMovedAsync(FreshRequest request, int cell, int wanted, long waitingSince)
    {
        while (_refill is { } other && IsOther(request, cell))
        {
            await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            if (IsLate(waitingSince))
            {
                return Unserved.IsEmpty ? SessionOutcome.Unavailable : SessionOutcome.Done;
            }
        }

        return await RefillAsync(request, cell, wanted);
    }

    private Task<SessionOutcome> RefillAsync(FreshRequest request, int cell, int wanted)
    {
        if (_refill is not null)
        {
            return _refill;
        }

        var refill = FetchBlockAsync(request, cell, wanted);
        _refill = refill.IsCompleted ? null : refill;
        return refill;
    }

    private async Task<SessionOutcome> FetchBlockAsync(FreshRequest request, int cell, int wanted)
    {
        try
        {
            ImmutableArray<Artwork> returned = [];
            if (IsOther(request, cell) || IsBlockOld)
            {
                returned = TakeAll();
                (_cell, _collections) = (cell, request.Collections);
                // If the call fails, the artworks stay served. In either case they leave this session.
                impressions().Withhold(IdsOf(returned).AsSpan());
            }

            var count = Math.Max(_blockArtworks, wanted);
            var block = await SetAsideAsync(new BlockRequest(sessionId, request.Mood, count, returned, Math.Max(1, wanted), request.NetworkHash, request.Collections));
            _isSpent = block.Outcome == SessionOutcome.Done && block.Artworks.IsEmpty;
            if (block.Outcome != SessionOutcome.Done || _isSpent)
            {
                return block.Outcome;
            }

            _blockSince = services.Clock.GetTimestamp();
            impressions().TakeBlock(IdsOf(block.Artworks).AsSpan(), block.BlockNumber, services.Clock.GetUtcNow(), _answeredMs);
            if (_closed)
            {
                await ReturnRestAsync(listener, sessionId, impressions().GiveBackRest(IdsOf(block.Artworks)));
                return SessionOutcome.SessionEnded;
            }

            // Another session may have claimed some while the block was on its way, or the listener's silo may not know yet what is withdrawn.
            Append(block.Artworks.Where(artwork => impressions().Owns(artwork.ArtworkId)).Select(services.Artworks.Shared));
            RemoveWithdrawn();
            _blockArtworks = Math.Min(_blockArtworks * 2, SessionLimits.BlockArtworksMax);
            return block.Artworks.Length > 0 ? SessionOutcome.Done : SessionOutcome.Unavailable;
        }
        finally
        {
            _refill = null;
        }
    }

    /// <summary>The next block that is not void. A void one is given up: by now the listener may have had what is in it.</summary>
    private async Task<Block> SetAsideAsync(BlockRequest request)
    {
        var block = await listener.SetAside(request);
        while (block.Outcome == SessionOutcome.Done && !block.Artworks.IsEmpty && block.BlockNumber <= _endedUpTo)
        {
            block = await listener.SetAside(request with { Returned = [] });
        }

        return block;
    }
}
