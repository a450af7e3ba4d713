using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Grains.Listener;

/// <summary>Which artworks the next block has.</summary>
public sealed partial class ListenerGrain
{
    /// <summary>Rounds over all pools before the answer is Unavailable. The deadline does not bound them: pools that can make nothing answer at once.</summary>
    private const int RoundsMax = 3;

    /// <summary>Picks fresh artworks: first those given back, then of the nearest cell what <see cref="MoodPoolOptions.Prefer"/> says, then what its pool makes, then other cells'.</summary>
    private async Task<FreshPick> PickAsync(BlockRequest request)
    {
        await LoadWaitingAsync();
        // Whose shares pay for pictures that a pool requests.
        RequestContext.Set(CallerNetwork.Key, request.NetworkHash);
        RequestContext.Set(CallerListener.Key, ListenerId);
        var cells = MoodGrid.NearestCells(request.Mood);
        var seed = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(ListenerId.AsSpan()));
        var pick = new FreshPick(_served, rule, withdrawn, alike, epochs.Known.FloorOf(ListenerId, _served.WholeSince), seed, request.Count, request.CountMin, pools, clock)
        {
            PassedOverBefore = [.. _served.PassedOver.Select(artworkId => _waitingArtworks.GetValueOrDefault(artworkId)).OfType<Artwork>()],
        };
        var givenBack = _waitingArtworks.Values.Where(artwork => _served.GivenBack.Contains(artwork.ArtworkId) && request.Allows(artwork) && shelves.IsOpen(artwork)).ToArray();
        pick.TakeGivenBack(cells[0], givenBack);
        if (!request.Collections.IsDefaultOrEmpty)
        {
            for (var i = 0; i < cells.Length && pick.Wanted > 0; i++)
            {
                pick.TakeGivenBack(cells[i], givenBack);
                await pick.TakeFromShelvesAsync(shelves, cells[i], pick.Wanted, request.Collections);
            }

            return pick;
        }

        await TakePreferredAsync(pick, cells, request.Mood);
        // Asks the other pools only when the nearest has nothing and cannot make anything in time.
        for (var asked = 1; asked < cells.Length * RoundsMax && pick.Artworks.Count == 0; asked++)
        {
            var cell = cells[asked % cells.Length];
            if (cell == cells[0] && !pick.MayWaitAgain)
            {
                break;
            }

            await pick.TakeFromAsync(PoolOf(cell), cell, cell == cells[0] ? request.Mood : null);
            await pick.TakeFromShelvesAsync(shelves, cell, pick.Wanted);
        }

        return pick;
    }

    private async Task TakePreferredAsync(FreshPick pick, ImmutableArray<int> cells, Mood mood)
    {
        var (cell, pool) = (cells[0], PoolOf(cells[0]));
        if (pools.Prefer == ArtPreference.Generated)
        {
            await pick.TakeFromAsync(pool, cell, mood);
            await pick.TakeFromShelvesAsync(shelves, cell, pick.Wanted);
            return;
        }

        if (pools.Prefer == ArtPreference.Catalogue)
        {
            for (var i = 0; i < cells.Length && pick.Wanted > 0; i++)
            {
                await pick.TakeFromShelvesAsync(shelves, cells[i], pick.Wanted);
            }
        }
        else
        {
            var left = pick.Wanted / 2;
            await pick.TakeFromShelvesAsync(shelves, cell, pick.Wanted - left);
            if (pick.Wanted == left)
            {
                // There may be more imported: nothing is made before both are spent.
                await pick.TakeFromAsync(pool, cell, null);
                await pick.TakeFromShelvesAsync(shelves, cell, pick.Wanted);
            }
        }

        if (pick.Wanted > 0)
        {
            await pick.TakeFromAsync(pool, cell, mood);
        }

        if (pools.Prefer == ArtPreference.Mixed)
        {
            pick.TakeTurns();
        }
    }

    private IMoodPoolGrain PoolOf(int cell) => GrainFactory.GetGrain<IMoodPoolGrain>(cell);

    private async Task LoadWaitingAsync()
    {
        HashSet<long> waiting = [.. _served.GivenBack, .. _served.PassedOver];
        foreach (var gone in _waitingArtworks.Keys.Where(id => !waiting.Contains(id)).ToArray())
        {
            _waitingArtworks.Remove(gone);
        }

        waiting.ExceptWith(_waitingArtworks.Keys);
        if (waiting.Count > 0)
        {
            Remember(await catalogue.ReadArtworksAsync(waiting, CancellationToken.None));
        }
    }

    private void Remember(IEnumerable<Artwork> artworks)
    {
        foreach (var artwork in artworks)
        {
            _waitingArtworks[artwork.ArtworkId] = artwork;
        }
    }
}
