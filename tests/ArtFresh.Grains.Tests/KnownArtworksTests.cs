using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using Xunit;

namespace ArtFresh.Grains.Tests;

public class KnownArtworksTests
{
    private readonly KnownArtworks _known = new();

    [Fact]
    public void SameArtworkIsOneObject()
    {
        var first = _known.Shared(Artwork(7));
        Assert.Same(first, _known.Shared(Artwork(7)));
    }

    [Fact]
    public void ArtworksWithConsecutiveIdsDoNotCollide()
    {
        Artwork[] first = [.. Enumerable.Range(1, 10_000).Select(id => _known.Shared(Artwork(id)))];
        Assert.All(first, artwork => Assert.Same(artwork, _known.Shared(Artwork(artwork.ArtworkId))));
    }

    /// <summary>However many there are, none is taken for another.</summary>
    [Fact]
    public void ArtworksBeyondTheTableAreReturnedUnchanged()
    {
        foreach (var id in (long[])[1, 1 + (1L << 17), 1 + (1L << 40), long.MaxValue, 1])
        {
            Assert.Equal(Artwork(id), _known.Shared(Artwork(id)));
        }
    }

    private static Artwork Artwork(long id) => new(id, "neural", "genome", null, Mood.Neutral, DateTimeOffset.UnixEpoch, "Title", null);
}
