using ArtFresh.Contracts;

namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Gives all grains of a silo one object for the same artwork, which never changes. A session's stock is up to 128 artworks, and each copy that arrives from the
/// ledger or another silo is 300 bytes. Bounded: an artwork whose place another has taken is kept twice. Thread-safe.
/// </summary>
public sealed class KnownArtworks
{
    /// <summary>A power of two. Ids are dense, so neighbours never collide.</summary>
    private const int ArtworksMax = 131_072;

    private readonly Artwork?[] _artworks = new Artwork?[ArtworksMax];

    /// <summary>The object that was returned before for the same artwork, where it is still in its place.</summary>
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
