using ArtFresh.Ledger;

namespace ArtFresh.Grains.Tests;

/// <summary>Look-alikes that a test states.</summary>
internal sealed class NoAlikes : IAlikeArtworks
{
    public List<AlikePair> Pairs { get; } = [];

    public Task<IReadOnlyList<AlikePair>> ReadPairsAsync(long afterChange, int count, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlikePair>>([.. Pairs.Where(pair => pair.Change > afterChange).Take(count)]);

    public Task<IReadOnlyList<ArtworkPicture>> ReadPicturesAsync(long afterArtworkId, int count, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ArtworkPicture>>([]);
}
