using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>
/// The block that a session serves from, in memory. Runs in its grain's turns only. When the block runs low the next one is asked for ahead of need;
/// when the mood has moved to another cell the unserved rest goes back with the wish for the next.
/// </summary>
/// <param name="impressions">What the session remembers now: it may have to read its history again.</param>
internal sealed class FreshStock(Guid sessionId, IListenerGrain listener, Func<SessionImpressions> impressions)
{
    private readonly Queue<Artwork> _unserved = new();
    private readonly List<(string RequestId, Task<TakeFreshResult> Answer)> _answers = [];
    private Task<SessionOutcome>? _refill;
    private int _cell = -1;
    private int _blockArtworks = SessionLimits.FirstBlockArtworks;
    private bool _closed;

    /// <summary>Artworks for the request; the same request id gets the same answer again.</summary>
    public Task<TakeFreshResult> TakeAsync(FreshRequest request)
    {
        if (request.RequestId is not { } requestId)
        {
            return TakeNewAsync(request);
        }

        foreach (var earlier in _answers)
        {
            if (earlier.RequestId == requestId)
            {
                return earlier.Answer;
            }
        }

        if (_answers.Count == SessionLimits.AnswersKeptMax)
        {
            _answers.RemoveAt(0);
        }

        var answer = TakeNewAsync(request);
        _answers.Add((requestId, answer));

        return ForgetFailureAsync(requestId, answer);
    }

    /// <summary>Empties the stock for good.</summary>
    public ImmutableArray<long> TakeUnserved()
    {
        _closed = true;
        var unserved = _unserved.Select(artwork => artwork.ArtworkId).ToImmutableArray();
        _unserved.Clear();
        return unserved;
    }

    /// <summary>A failed answer is not the answer: the same request may succeed the next time.</summary>
    private async Task<TakeFreshResult> ForgetFailureAsync(string requestId, Task<TakeFreshResult> answer)
    {
        TakeFreshResult? result = null;
        try
        {
            return result = await answer;
        }
        finally
        {
            if (result?.Outcome != SessionOutcome.Done)
            {
                _answers.Remove((requestId, answer));
            }
        }
    }

    private async Task<TakeFreshResult> TakeNewAsync(FreshRequest request)
    {
        var taken = ImmutableArray.CreateBuilder<Artwork>(request.Count);
        var cell = MoodGrid.CellOf(request.Mood);
        // Judged once: two requests of different moods would else take turns in sending each other's block back.
        var moved = _cell >= 0 && _cell != cell;
        while (taken.Count < request.Count)
        {
            var wanted = request.Count - taken.Count;
            if (moved || _unserved.Count == 0)
            {
                var outcome = _closed ? SessionOutcome.SessionEnded : await RefillAsync(request.Mood, cell, wanted);
                if (outcome != SessionOutcome.Done)
                {
                    PutBack(taken);
                    return new TakeFreshResult(outcome);
                }
            }

            moved = false;
            // One pass of what there is: another request may have taken some of it while this one waited.
            for (var i = Math.Min(wanted, _unserved.Count); i > 0; i--)
            {
                taken.Add(_unserved.Dequeue());
            }
        }

        if (_unserved.Count < _blockArtworks / 4 && !_closed)
        {
            // Its failure shows in the request that needs it.
            RefillAsync(request.Mood, cell, 0).Ignore();
        }

        return new TakeFreshResult(SessionOutcome.Done, taken.DrainToImmutable());
    }

    private void PutBack(ImmutableArray<Artwork>.Builder taken)
    {
        foreach (var artwork in taken)
        {
            _unserved.Enqueue(artwork);
        }
    }

    private Task<SessionOutcome> RefillAsync(Mood mood, int cell, int wanted) =>
        _refill is { IsCompleted: false } ? _refill : _refill = FetchBlockAsync(mood, cell, wanted);

    private async Task<SessionOutcome> FetchBlockAsync(Mood mood, int cell, int wanted)
    {
        ImmutableArray<Artwork> returned = [];
        if (_cell != cell)
        {
            returned = [.. _unserved];
            _unserved.Clear();
            _cell = cell;
            // Given back or, should the call fail, given up: not this session's either way.
            impressions().Drop([.. returned.Select(artwork => artwork.ArtworkId)]);
        }

        var count = Math.Max(_blockArtworks, wanted);
        var block = await listener.SetAside(new BlockRequest(sessionId, mood, count, returned, Math.Max(1, wanted)));
        if (block.Outcome != SessionOutcome.Done)
        {
            return block.Outcome;
        }

        impressions().Own([.. block.Artworks.Select(artwork => artwork.ArtworkId)], block.BlockNumber);
        foreach (var artwork in block.Artworks)
        {
            _unserved.Enqueue(artwork);
        }

        _blockArtworks = Math.Min(_blockArtworks * 2, SessionLimits.BlockArtworksMax);
        return block.Artworks.Length > 0 ? SessionOutcome.Done : SessionOutcome.Unavailable;
    }
}
