using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class PictureFrameTests : IDisposable
{
    private const ulong Attacker = 1;
    private const ulong Honest = 2;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artfresh-frame-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>To scale a large original takes as long as to draw: a stranger who asks for a catalogue's pictures must not keep others waiting.</summary>
    [Fact]
    public async Task ScaledPicturesAreCountedAsDrawnOnes()
    {
        var store = new PictureStore(_folder.FullName);
        var frame = new PictureFrame(store, new PictureOptions { MegapixelsPerMinute = 1 }, TimeProvider.System);
        var pictures = new List<Artwork>();
        for (var i = 1; i <= 5; i++)
        {
            var hash = await store.SaveAsync(PictureOf((ulong)i), Cancellation);
            pictures.Add(new Artwork(i, "import", null, hash, Mood.Neutral, DateTimeOffset.UnixEpoch, "A picture", null));
        }

        var scaled = new List<Picture?>();
        foreach (var picture in pictures)
        {
            scaled.Add(await frame.DrawAsync(picture, 512, Attacker));
        }

        // A million pixels are three such pictures.
        Assert.Equal([false, false, false, true, true], scaled.Select(picture => picture!.RetryAfter is not null));
        Assert.NotEmpty((await frame.DrawAsync(pictures[4], 512, Honest))!.Bytes);
        // What is kept costs nobody anything.
        Assert.NotEmpty((await frame.DrawAsync(pictures[4], 512, Attacker))!.Bytes);
    }

    /// <summary>What was drawn stays at hand, whatever another network has drawn since.</summary>
    [Fact]
    public void WhoHasManyPicturesDrawnDisplacesNobodyElses()
    {
        var kept = new KeptPictures(10_000);
        for (var id = 1; id <= 3; id++)
        {
            kept.Keep(id, 512, Honest, new Picture(new byte[1000], "image/png"));
        }

        for (var id = 100; id < 200; id++)
        {
            kept.Keep(id, 1024, Attacker, new Picture(new byte[1500], "image/png"));
            Assert.NotNull(kept.Find(100, 1024));
        }

        Assert.All(Enumerable.Range(1, 3), id => Assert.NotNull(kept.Find(id, 512)));
        // Of their own, those that were asked for last.
        Assert.Equal([100, 197, 198, 199], Enumerable.Range(100, 100).Where(id => kept.Find(id, 1024) is not null));
    }

    private static byte[] PictureOf(ulong seed)
    {
        byte[] picture = [];
        Assert.Equal(600 * 600, GenomeRenderer.RenderWebpInPieces(GrantedGenomes.Of(seed), 600, 600 * 600, drawn => picture = drawn).Sum());
        return picture;
    }
}
