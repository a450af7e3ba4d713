using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Grains.Listener;

/// <summary>Picks the artworks of a block, and does not change the listener's set.</summary>
/// <param name="floor">Up to which artwork the listener may have been served what the ledger does not know of.</param>
/// <param name="seed">The listener's: another one gives another order within a stretch of a pool.</param>
internal sealed class FreshPick(
    ServedArtworks served, FreshRule rule, WithdrawnArtworks withdrawn, AlikeArtworks alike, long floor, ulong seed, int count, int countMin, MoodPoolOptions pools, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    /// <summary>What the block has or is about to have.</summary>
    private readonly HashSet<long> _picked = new(count);
    private readonly Dictionary<ushort, int> _families = [];
    private readonly RecentLooks _looks = new();
    private readonly List<Artwork> _passedOver = [];
    /// <summary>Of what earlier blocks have passed over, what this one passes over too.</summary>
    private readonly List<Artwork> _passedOverAgain = [];
    private readonly Dictionary<int, HashSet<int>> _asked = [];
    private bool _isMadeInVain;

    public List<Artwork> Artworks { get; private set; } = new(count);

    public int Wanted => count - Artworks.Count;

    /// <summary>What earlier blocks have passed over.</summary>
    public IReadOnlyList<Artwork> PassedOverBefore { get; init; } = [];

    /// <summary>Fresh artworks that the block leaves out, because it has enough of their families, or because they look like one of the listener's last.</summary>
    public IReadOnlyList<Artwork> PassedOver => _passedOver;

    // A pick with some artworks stops waiting for more at the deadline: the session requests the rest with its next block.
    private bool MayHaveMade => (Artworks.Count == 0 && (!_isMadeInVain || MayWaitAgain)) || (Artworks.Count < countMin && clock.GetElapsedTime(_started) < pools.NeuralDeadline);

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

            TakeOrPassOver(artwork, _passedOver, wasServed: true);
        }
    }

    /// <summary>Takes fresh artworks from a pool: the newest stretch first, and then what comes meanwhile.</summary>
    /// <param name="cell">The pool's cell of the mood grid.</param>
    /// <param name="mood">The mood of artworks that the pool shall make for the waiting request; null takes only what it has.</param>
    public async Task TakeFromAsync(IMoodPoolGrain pool, int cell, Mood? mood)
    {
        foreach (var artwork in PassedOverBefore.Where(artwork => MoodGrid.CellOf(artwork.Mood) == cell).TakeWhile(_ => Wanted > 0))
        {
            TakeOrPassOver(artwork, _passedOverAgain);
        }

        var passed = served.PassedIn(cell);
        var asked = AskedOf(cell);
        var position = await TakeNewestAsync(pool, cell, passed, asked);
        while (Wanted > 0)
        {
            var stretch = await pool.ReadStretch(position, Wanted);
            if (stretch.Artworks.IsEmpty)
            {
                // Rather one of a look or a family that was just there than a wait.
                TakeRegardless();
            }

            var isMade = stretch.Artworks.IsEmpty && mood is not null && MayHaveMade;
            if (isMade)
            {
                stretch = await pool.MakeStretch(stretch.NextPosition, countMin - Artworks.Count, mood!.Value);
            }

            asked.UnionWith(Enumerable.Range(position, stretch.NextPosition - position));
            position = stretch.NextPosition;
            if (stretch.Artworks.IsEmpty)
            {
                break;
            }

            await TakeFreshAsync(stretch.Artworks);
            _isMadeInVain |= isMade && Artworks.Count == 0;
        }

        passed.Known = Math.Max(passed.Known, position);
    }

    /// <summary>Takes fresh artworks from the shelves of a cell: the newest shelf first, and of each the newest stretch.</summary>
    /// <param name="most">The most artworks that it takes.</param>
    /// <param name="collections">Takes from these alone; default takes from all.</param>
    public async Task TakeFromShelvesAsync(CatalogueShelves shelves, int cell, int most, ImmutableArray<string> collections = default)
    {
        var ids = new List<long>();
        foreach (var shelf in shelves.OpenIn(cell))
        {
            if (ids.Count == most)
            {
                break;
            }

            if (collections.IsDefaultOrEmpty || (shelf.Collection is { } name && collections.Contains(name)))
            {
                Choose(shelves, shelf, most, ids);
            }
        }

        if (ids.Count > 0)
        {
            Artworks.AddRange(await shelves.ReadAsync(ids));
        }
    }

    /// <summary>Puts imported and generated art in turns, each in its order.</summary>
    public void TakeTurns()
    {
        var (imported, generated) = (Artworks.Where(artwork => artwork.Generator == Artwork.Imported).ToArray(), Artworks.Where(artwork => artwork.Generator != Artwork.Imported).ToArray());
        var turns = Math.Min(imported.Length, generated.Length);
        Artworks = [.. imported.Zip(generated).SelectMany(pair => new[] { pair.First, pair.Second }), .. imported[turns..], .. generated[turns..]];
    }

    /// <summary>Records the positions, and what was passed over there, for the next pick. Call it after the block is in the ledger.</summary>
    public void Commit(ServedArtworks committed)
    {
        committed.PassOver(_passedOver.Select(artwork => artwork.ArtworkId));
        committed.Looks.Add(Artworks.Select(artwork => artwork.Genome));
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
            await TakeFreshAsync(answer.Artworks);
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

    private HashSet<int> AskedOf(int pool)
    {
        if (!_asked.TryGetValue(pool, out var asked))
        {
            _asked[pool] = asked = [];
        }

        return asked;
    }

    private void Choose(CatalogueShelves shelves, ShelfCell shelf, int most, List<long> ids)
    {
        var passed = served.PassedIn(shelf.Pool);
        if (passed.PassedBefore >= shelf.Ids.Length)
        {
            return;
        }

        var asked = AskedOf(shelf.Pool);
        foreach (var position in passed.Order(shelf.PositionAfter(floor), shelf.Ids.Length, seed + ((ulong)shelf.Pool << 32)))
        {
            if (ids.Count == most)
            {
                return;
            }

            var artworkId = shelf.Ids[position];
            if (asked.Add(position) && !shelves.IsUnlicensed(artworkId) && IsFresh(artworkId))
            {
                _picked.Add(artworkId);
                ids.Add(artworkId);
            }
        }
    }

    private async Task TakeFreshAsync(ImmutableArray<Artwork> artworks)
    {
        // A picture that was painted a moment ago may look like others that this silo does not know of yet.
        if (pools.LookAlikesOnce && artworks.Where(artwork => artwork.Genome is null).Select(artwork => artwork.ArtworkId).DefaultIfEmpty().Max() is var newest and > 0)
        {
            await alike.KnowAsync(newest);
        }

        foreach (var artwork in artworks)
        {
            TakeOrPassOver(artwork, _passedOver);
        }
    }

    /// <summary>Takes what was passed over, as far as the waiting request needs it: rather a look of the last than a family too many.</summary>
    private void TakeRegardless()
    {
        TakeWaiting(IsFamilyWanted);
        TakeWaiting(static _ => true);
    }

    private void TakeWaiting(Predicate<Artwork> isWanted)
    {
        foreach (var waiting in (List<Artwork>[])[_passedOverAgain, _passedOver])
        {
            for (var i = 0; i < waiting.Count && Artworks.Count < countMin;)
            {
                if (isWanted(waiting[i]))
                {
                    Take(waiting[i]);
                    waiting.RemoveAt(i);
                }
                else
                {
                    i++;
                }
            }
        }
    }

    /// <param name="waiting">Where it waits if it is passed over; each has as many places as the block has artworks for looks of the last, and as many more for families.</param>
    /// <param name="wasServed">Whether its own look is among the last.</param>
    private void TakeOrPassOver(Artwork artwork, List<Artwork> waiting, bool wasServed = false)
    {
        if (!IsFresh(artwork.ArtworkId))
        {
            return;
        }

        _picked.Add(artwork.ArtworkId);
        var waits = IsFamilyWanted(artwork) ? waiting.Count < count && !wasServed && HasLookOfLast(artwork) : waiting.Count < 2 * count;
        if (waits && LastFamilies.Of(artwork) != 0)
        {
            waiting.Add(artwork);
        }
        else
        {
            Take(artwork);
        }
    }

    private void Take(Artwork artwork)
    {
        Artworks.Add(artwork);
        CollectionsMarshal.GetValueRefOrAddDefault(_families, LastFamilies.Of(artwork), out _)++;
        _looks.Add([artwork.Genome]);
    }

    private bool IsFamilyWanted(Artwork artwork) => _families.GetValueOrDefault(LastFamilies.Of(artwork)) < LastFamilies.MostOf(count);

    /// <summary>Half of the places of those that wait are for families: art that has no look of its own left would take them all.</summary>
    private bool HasLookOfLast(Artwork artwork) =>
        pools.LookAlikesOnce && PassedOverBefore.Count + _passedOver.Count < ServedArtworks.PassedOverMax / 2 && (served.Looks.HasAlike(artwork.Genome) || _looks.HasAlike(artwork.Genome));

    private bool IsFresh(long artworkId) =>
        rule.IsFresh(artworkId <= floor || served.Contains(artworkId)) && !_picked.Contains(artworkId) && !withdrawn.Contains(artworkId) && !HasLookAlike(artworkId);

    /// <summary>Whether the listener was ever served what looks like it, or is about to be.</summary>
    private bool HasLookAlike(long artworkId)
    {
        foreach (var other in pools.LookAlikesOnce ? alike.GroupOf(artworkId) : [])
        {
            if (other != artworkId && (served.Contains(other) || _picked.Contains(other)))
            {
                return true;
            }
        }

        return false;
    }
}
