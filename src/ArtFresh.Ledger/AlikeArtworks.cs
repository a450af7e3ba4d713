namespace ArtFresh.Ledger;

/// <summary>Two artworks whose pictures look alike.</summary>
/// <param name="Change">Grows with each: whoever has read up to one reads what came after it. A change becomes visible no later than its artwork.</param>
/// <param name="EarlierId">The artwork that was there before.</param>
public readonly record struct AlikePair(long Change, long ArtworkId, long EarlierId);

/// <summary>An artwork's picture.</summary>
/// <param name="PerceptualHash">Null where a release before perceptual hashes imported it.</param>
public readonly record struct ArtworkPicture(long ArtworkId, string PictureHash, long? PerceptualHash);

/// <summary>What an artwork that was entered without a comparison looks like.</summary>
/// <param name="PerceptualHash">Of its picture; written where the artwork has none.</param>
/// <param name="LookAlikes">Earlier artworks.</param>
public sealed record ArtworkCompared(long ArtworkId, long PerceptualHash, IReadOnlyList<long> LookAlikes) : OutsideEntry;

/// <summary>Artworks that look alike: imported ones, and those of an images API. Genomes are compared as they are drawn.</summary>
public interface IAlikeArtworks
{
    /// <summary>Pairs after a change, in the order of their changes.</summary>
    Task<IReadOnlyList<AlikePair>> ReadPairsAsync(long afterChange, int count, CancellationToken cancellationToken);

    /// <summary>Artworks with pictures after an id, ascending.</summary>
    Task<IReadOnlyList<ArtworkPicture>> ReadPicturesAsync(long afterArtworkId, int count, CancellationToken cancellationToken);
}
