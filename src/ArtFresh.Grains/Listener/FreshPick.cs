using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Grains.Listener;

/// <summary>Picks the artworks of a block, and does not change the listener's set.</summary>
/// <param name="floor">Up to which artwork the listener may have been served what the ledger does not know of.</param>
internal sealed class FreshPick(ServedArtworks served, FreshRule rule, WithdrawnArtworks withdrawn, long floor, int count, int countMin, MoodPoolOptions pools, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private readonly HashSet<long> _picked = new(count);
    private readonly Dictionary<int, int> _positions = [];

    public List<Artwork> Artworks { get; } = new(count);

    public int Wanted => count - Artworks.Count;

    // A pick with some artworks stops waiting for more at the deadline: the session requests the rest with its next block.
    private bool MayHaveMade => Artworks.Count == 0 || (Artworks.Count < countMin && clock.GetElapsedTime(_started) < pools.NeuralDeadline);

    /// <summary>Whether one more wait for the nearest pool ends before the deadline.</summary>
    public bool MayWaitAgain => clock.GetElapsedTime(_started) <= pools.LastWait;

    public void TakeGivenBack(int cell, IEnumerable<Artwork> givenBack)
    {
        foreach (var artwork in givenBack.Where(artwork => MoodGrid.CellOf(artwork.Mood) == cell).OrderBy(artwork => artwork.ArtworkId))
        {
            if (Wanted == 0)
            {
                return;
            }

            TakeIfFresh(artwork);
        }
    }

    /// <summary>Takes fresh artworks from a pool.</summary>
    /// <param name="cell">The pool's cell of the mood grid.</param>
    /// <param name="mood">The mood of artworks that the pool shall make for the waiting request; null takes only what it has.</param>
    public async Task TakeFromAsync(IMoodPoolGrain pool, int cell, Mood? mood)
    {
        var position = await PositionAsync(pool, cell);
        while (Wanted > 0)
        {
            var stretch = await pool.ReadStretch(position, Wanted);
            position = stretch.NextPosition;
            if (stretch.Artworks.IsEmpty && mood is { } wish && MayHaveMade)
            {
                stretch = await pool.MakeStretch(position, countMin - Artworks.Count, wish);
                position = stretch.NextPosition;
            }

            if (stretch.Artworks.IsEmpty)
            {
                break;
            }

            foreach (var artwork in stretch.Artworks)
            {
                TakeIfFresh(artwork);
            }
        }

        _positions[cell] = position;
    }

    /// <summary>Records the positions for the next pick. Call it after the block is in the ledger.</summary>
    public void Commit(ServedArtworks committed)
    {
        foreach (var (cell, position) in _positions)
        {
            committed.MoveTo(cell, position, floor);
        }
    }

    private async Task<int> PositionAsync(IMoodPoolGrain pool, int cell)
    {
        var position = served.PositionIn(cell);
        try
        {
            // Once a pool and activation: from there on the position is above the floor.
            return floor == 0 || served.IsAbove(floor, cell) ? position : Math.Max(position, await pool.PositionAfter(floor));
        }
        catch (Exception unknown) when (OlderSilo.LacksMethod(unknown))
        {
            return position;
        }
    }

    private void TakeIfFresh(Artwork artwork)
    {
        if (rule.IsFresh(artwork.ArtworkId <= floor || served.Contains(artwork.ArtworkId)) && !withdrawn.Contains(artwork.ArtworkId) && _picked.Add(artwork.ArtworkId))
        {
            Artworks.Add(artwork);
        }
    }
}
