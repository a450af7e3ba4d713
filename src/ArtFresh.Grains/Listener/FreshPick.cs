using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Grains.Listener;

/// <summary>Picks the artworks of a block, and does not change the listener's set.</summary>
/// <param name="floor">Up to which artwork the listener may have been served what the ledger does not know of.</param>
/// <param name="seed">The listener's: another one gives another order within a stretch of a pool.</param>
internal sealed class FreshPick(
    ServedArtworks served, FreshRule rule, WithdrawnArtworks withdrawn, long floor, ulong seed, int count, int countMin, MoodPoolOptions pools, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private readonly HashSet<long> _picked = new(count);
    private readonly Dictionary<int, HashSet<int>> _asked = [];

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

    /// <summary>Takes fresh artworks from a pool: the newest stretch first, and then what comes meanwhile.</summary>
    /// <param name="cell">The pool's cell of the mood grid.</param>
    /// <param name="mood">The mood of artworks that the pool shall make for the waiting request; null takes only what it has.</param>
    public async Task TakeFromAsync(IMoodPoolGrain pool, int cell, Mood? mood)
    {
        var passed = served.PassedIn(cell);
        if (!_asked.TryGetValue(cell, out var asked))
        {
            _asked[cell] = asked = [];
        }

        var position = await TakeNewestAsync(pool, cell, passed, asked);
        while (Wanted > 0)
        {
            var stretch = await pool.ReadStretch(position, Wanted);
            if (stretch.Artworks.IsEmpty && mood is { } wish && MayHaveMade)
            {
                stretch = await pool.MakeStretch(stretch.NextPosition, countMin - Artworks.Count, wish);
            }

            asked.UnionWith(Enumerable.Range(position, stretch.NextPosition - position));
            position = stretch.NextPosition;
            if (stretch.Artworks.IsEmpty)
            {
                break;
            }

            foreach (var artwork in stretch.Artworks)
            {
                TakeIfFresh(artwork);
            }
        }

        passed.Known = Math.Max(passed.Known, position);
    }

    /// <summary>Records the positions for the next pick. Call it after the block is in the ledger.</summary>
    public void Commit(ServedArtworks committed)
    {
        foreach (var (cell, asked) in _asked)
        {
            var passed = committed.PassedIn(cell);
            foreach (var position in asked)
            {
                passed.Add(position);
            }
        }
    }

    /// <returns>The position after the last artwork that the pool was known to have: what is there is newer.</returns>
    private async Task<int> TakeNewestAsync(IMoodPoolGrain pool, int cell, PassedPositions passed, HashSet<int> asked)
    {
        try
        {
            var from = await BottomAsync(pool, cell);
            // The pool says with each answer how many there are. Who has passed all that was known asks.
            var count = passed.Known;
            await TakeInOrderAsync(pool, cell, passed, asked, from, count);
            while (Wanted > 0 && (await pool.ReadPositions([], 0)).Count is var now && now > count)
            {
                count = now;
                await TakeInOrderAsync(pool, cell, passed, asked, from, count);
            }

            return Math.Max(from, count);
        }
        catch (Exception unknown) when (OlderSilo.LacksMethod(unknown))
        {
            return passed.PassedBefore;
        }
    }

    private async Task TakeInOrderAsync(IMoodPoolGrain pool, int cell, PassedPositions passed, HashSet<int> asked, int from, int count)
    {
        var left = passed.Left(from, count) - asked.Count(position => position < count);
        using var order = passed.Order(from, count, seed + ((ulong)cell << 32)).Where(position => !asked.Contains(position)).GetEnumerator();
        while (Wanted > 0 && Next(order, Wanted) is { IsEmpty: false } positions)
        {
            asked.UnionWith(positions);
            left -= positions.Length;
            var answer = await pool.ReadPositions(positions, Math.Max(0, left));
            passed.Known = answer.Count;
            foreach (var artwork in answer.Artworks)
            {
                TakeIfFresh(artwork);
            }
        }
    }

    private static ImmutableArray<int> Next(IEnumerator<int> order, int count)
    {
        var positions = ImmutableArray.CreateBuilder<int>(count);
        while (positions.Count < count && order.MoveNext())
        {
            positions.Add(order.Current);
        }

        return positions.DrainToImmutable();
    }

    private async Task<int> BottomAsync(IMoodPoolGrain pool, int cell)
    {
        if (served.BottomOf(floor, cell) is { } known)
        {
            return known;
        }

        // Once a pool and activation.
        var bottom = await pool.PositionAfter(floor);
        served.NoteBottom(floor, cell, bottom);
        return bottom;
    }

    private void TakeIfFresh(Artwork artwork)
    {
        if (rule.IsFresh(artwork.ArtworkId <= floor || served.Contains(artwork.ArtworkId)) && !withdrawn.Contains(artwork.ArtworkId) && _picked.Add(artwork.ArtworkId))
        {
            Artworks.Add(artwork);
        }
    }
}
