using ArtFresh.Contracts;

namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Interns artworks, which never change: all grains of a silo share one object for each. A session's stock is up to 128 artworks, and each copy read from the ledger or
/// another silo takes 300 bytes. Bounded: when two artworks fall on the same slot, the older may exist twice. Thread-safe.
/// </summary>
public sealed class KnownArtworks
{
    /// <summary>Number of slots, a power of two. Ids are dense, so neighbours never share a slot.</summary>
    private const int ArtworksMax = 131_072;

    private readonly Artwork?[] _artworks = new Artwork?[ArtworksMax];

    /// <summary>The shared object with this id; null if there is none.</summary>
    public Artwork? Find(long artworkId) => Volatile.Read(ref _artworks[artworkId & (ArtworksMax - 1)]) is { } known && known.ArtworkId == artworkId ? known : null;

    /// <summary>The shared object for this artwork: the one in its slot, or this one.</summary>
    public Artwork Shared(Artwork artwork)
    {
        ArgumentNullException.ThrowIfNull(artwork);
        ref var place = ref _artworks[artwork.ArtworkId & (ArtworksMax - 1)];
        if (Volatile.Read(ref place) is { } known && known.ArtworkId == artwork.ArtworkId)
        {
            return known;
        }

        Volatile.Write(ref place, artwork);
        return artwork;
    }
}
