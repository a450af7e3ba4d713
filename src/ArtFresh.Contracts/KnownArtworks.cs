namespace ArtFresh.Contracts;

/// <summary>
/// One object for all in this process that have the same artwork, which never changes. A session holds 128 that it has not served yet; copies of its own, as another process or
/// the ledger sends them, are 300 bytes each, and are rendered each for itself. Only some are known at a time: one whose place another has taken is merely kept twice. Thread-safe.
/// </summary>
public sealed class KnownArtworks
{
    /// <summary>A power of two. Ids are dense, so that neighbours never want the same place.</summary>
    private const int ArtworksMax = 131_072;

    private readonly Artwork?[] _artworks = new Artwork?[ArtworksMax];

    /// <summary>The same artwork, as far as possible in the object that was answered before.</summary>
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
