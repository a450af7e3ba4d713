using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class LedgerNewsTests
{
    /// <summary>Word of it would activate a pool that does not exist, and fail again at each retry of the stream.</summary>
    [Fact]
    public void ArtworkWithoutPoolIsPublishedToNoPool()
    {
        var news = new LedgerNews();
        news.Add(1, 1, [Made(NewArtwork.NoPool)]);
        Assert.False(news.ArrivedAsync(new CancellationToken(canceled: true)).IsCompletedSuccessfully);

        news.Add(1, 2, [Made(NewArtwork.NoPool, 3)]);
        Assert.True(news.ArrivedAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        Assert.Equal([3], news.Take().Pools);
    }

    private static ArtworksMade Made(params int[] pools) =>
        new([.. pools.Select(pool => new NewArtwork(pool, Mood.Neutral, "neural", null, null, null, null, "a", null, null))], DateTimeOffset.UnixEpoch);
}
