using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Grains.Listener;

/// <summary>The artworks picked for a block before it is committed. The listener's set is unchanged.</summary>
internal sealed class FreshPick(ServedArtworks served, int count, int countMin, MoodPoolOptions pools, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private readonly HashSet<long> _picked = new(count);
    private readonly Dictionary<int, int> _positions = [];

    public List<Artwork> Artworks { get; } = new(count);

    public int Wanted => count - Artworks.Count;

    // A pick that has some artworks has no more made after that time: the session asks for the rest.
    private bool MayHaveMade => Artworks.Count == 0 || (Artworks.Count < countMin && clock.GetElapsedTime(_started) < pools.NeuralDeadline);

    /// <summary>Whether waiting for the nearest pool once more ends in time.</summary>
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

    /// <summary>Takes what the pool has; with a mood, has the pool make what the request waits for.</summary>
    public async Task TakeFromAsync(IMoodPoolGrain pool, int cell, Mood? mood)
    {
        var position = served.PositionIn(cell);
        while (Wanted > 0)
        {
            var stretch = await pool.ReadStretch(position, Wanted);
            if (stretch.Artworks.IsEmpty && mood is { } wish && MayHaveMade)
            {
                stretch = await pool.MakeStretch(position, countMin - Artworks.Count, wish);
            }

            if (stretch.Artworks.IsEmpty)
            {
                break;
            }

            position = stretch.NextPosition;
            foreach (var artwork in stretch.Artworks)
            {
                TakeIfFresh(artwork);
            }
        }

        _positions[cell] = position;
    }

    /// <summary>Call after the block is in the ledger: the next pick continues from these positions.</summary>
    public void Commit(ServedArtworks committed)
    {
        foreach (var (cell, position) in _positions)
        {
            committed.MoveTo(cell, position);
        }
    }

    private void TakeIfFresh(Artwork artwork)
    {
        if (!served.Contains(artwork.ArtworkId) && _picked.Add(artwork.ArtworkId))
        {
            Artworks.Add(artwork);
        }
    }
}
