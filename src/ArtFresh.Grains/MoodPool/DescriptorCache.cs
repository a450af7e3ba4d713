using System.Collections.Immutable;
using ArtFresh.Contracts;
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

    /// <summary>The artworks at positions [<paramref name="start"/>, <paramref name="end"/>).</summary>
    public async Task<ImmutableArray<Artwork>> ReadAsync(List<long> ids, int start, int end)
    {
        while (true)
        {
            var found = ImmutableArray.CreateBuilder<Artwork>(end - start);
            for (var i = start; i < end && _cached.TryGetValue(ids[i], out var artwork); i++)
            {
                found.Add(artwork);
            }

            if (found.Count == end - start)
            {
                return found.MoveToImmutable();
            }

            var missing = start + found.Count;
            var wanted = ids.GetRange(missing, Math.Min(Math.Max(ReadAhead, end - missing), ids.Count - missing));
            var read = await catalogue.ReadArtworksAsync(wanted, CancellationToken.None);
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
