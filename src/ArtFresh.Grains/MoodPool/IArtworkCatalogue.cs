using System.Collections.Immutable;
using ArtFresh.Contracts;

namespace ArtFresh.Grains.MoodPool;

/// <summary>The artworks table, read.</summary>
public interface IArtworkCatalogue
{
    /// <summary>Ids of a pool's artworks after an id, ascending.</summary>
    Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken);

    /// <summary>The artworks with these ids, ascending; those that do not exist are left out.</summary>
    Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>Perceptual hashes of a pool's newest artworks.</summary>
    Task<long[]> ReadLooksAsync(int pool, int count, CancellationToken cancellationToken);

    /// <summary>Those of the ids that no artwork has.</summary>
    Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>Whether an artwork was made from a file, or is shown by a picture, with this SHA-256.</summary>
    Task<bool> HasContentAsync(string contentHash, CancellationToken cancellationToken);

    /// <summary>The artworks made from these contents (SHA-256), by content; those that do not exist are left out.</summary>
    Task<IReadOnlyDictionary<string, long>> FindContentsAsync(IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken);

    /// <summary>One artwork and its views, or null.</summary>
    Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken);
}
