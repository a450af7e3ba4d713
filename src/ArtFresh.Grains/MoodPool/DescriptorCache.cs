using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>Caches the recently requested artworks of a pool. A pool of a million artworks holds all ids and few artworks.</summary>
internal sealed class DescriptorCache(IArtworkCatalogue catalogue, KnownArtworks known)
{
    private const int CachedMax = 4_096;

    /// <summary>Artworks read at once: the next request needs the next ones.</summary>
    private const int ReadAhead = 256;

    private readonly Dictionary<long, Artwork> _cached = [];

    /// <summary>Where to read ahead for a listener who goes down from a position: the stretches that come next.</summary>
    public static int AheadOf(int position) => Math.Max(0, position - (position % PassedPositions.StretchLength) - ReadAhead + (2 * PassedPositions.StretchLength));

    /// <summary>The artworks with these ids, in their order.</summary>
    /// <param name="ids">Ids of the pool.</param>
    /// <param name="pool">All ids of the pool.</param>
    /// <param name="next">The position after the last of <paramref name="ids"/>, from where artworks are read ahead.</param>
    public async Task<ImmutableArray<Artwork>> ReadAsync(List<long> ids, List<long> pool, int next)
    {
        while (true)
        {
            var found = ImmutableArray.CreateBuilder<Artwork>(ids.Count);
            foreach (var id in ids)
            {
                if (!_cached.TryGetValue(id, out var artwork))
                {
                    break;
                }

                found.Add(artwork);
            }

            if (found.Count == ids.Count)
            {
                return found.MoveToImmutable();
            }

            var missing = ids[found.Count..];
            missing.AddRange(pool.GetRange(next, Math.Min(Math.Max(0, ReadAhead - missing.Count), pool.Count - next)));
            var read = await catalogue.ReadArtworksAsync(missing, CancellationToken.None);
            if (_cached.Count > CachedMax)
            {
                _cached.Clear();
            }

            foreach (var artwork in read)
            {
                _cached[artwork.ArtworkId] = known.Shared(artwork);
            }
        }
    }
}
