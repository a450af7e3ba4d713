using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class WithdrawnArtworksTests : IDisposable
{
    private readonly NoWithdrawals _ledger = new();
    private readonly SetEpochs _epochs = new();
    private readonly WithdrawnArtworks _withdrawn;

    public WithdrawnArtworksTests() => _withdrawn = new WithdrawnArtworks(_ledger, _epochs, TimeProvider.System, NullLogger<WithdrawnArtworks>.Instance);

    public void Dispose() => _withdrawn.Dispose();

    [Fact]
    public async Task WhoKnowsSomeChangesHearsOfTheOthersThatAreTheirs()
    {
        _ledger.Changes.AddRange([Withdrawn(1, 10), Withdrawn(2, 20), Withdrawn(3, 30)]);
        await _withdrawn.ReadAsync();
        long[] theirs = [10, 20, 40];

        // By the log where they have more, and by what they have where the log is longer.
        foreach (var count in new[] { 1000, 1 })
        {
            Assert.Equal([10, 20], _withdrawn.Since(0, count, theirs, theirs.Contains));
        }

        Assert.Equal([20], _withdrawn.Since(1, 1000, theirs, theirs.Contains));
        Assert.Empty(_withdrawn.Since(3, 1000, theirs, theirs.Contains));
    }

    [Fact]
    public async Task NewsComeInPartsOfABoundedSizeAndWithoutWhatIsPutBack()
    {
        _ledger.Changes.AddRange(Enumerable.Range(1, 2 * Limits.WithdrawalsToldMax).Select(i => Withdrawn(i, 10 * i)));
        await _withdrawn.ReadAsync();
        _ledger.Changes.Add(new WithdrawalChange((2 * Limits.WithdrawalsToldMax) + 1, 10, false, null));
        await _withdrawn.ReadAsync();

        var told = new List<long>();
        var news = _withdrawn.NewsAfter(0);
        for (; !news.ArtworkIds.IsEmpty; news = _withdrawn.NewsAfter(news.Change))
        {
            Assert.InRange(news.ArtworkIds.Length, 1, Limits.WithdrawalsToldMax);
            told.AddRange(news.ArtworkIds);
        }

        Assert.Equal(Enumerable.Range(2, (2 * Limits.WithdrawalsToldMax) - 1).Select(i => 10L * i), told);
        Assert.Equal(_withdrawn.Change, news.Change);
        // A silo that is behind another, or a ledger that has gone back.
        Assert.Equal(_withdrawn.Change, _withdrawn.NewsAfter(1_000_000).Change);
    }

    [Fact]
    public async Task ArtworkThatIsPutBackIsWithdrawnNoMore()
    {
        _ledger.Changes.AddRange([Withdrawn(1, 10), Withdrawn(2, 20)]);
        await _withdrawn.ReadAsync();
        Assert.True(_withdrawn.Contains(10));
        _ledger.Changes.Add(new WithdrawalChange(3, 10, false, null));
        await _withdrawn.ReadAsync();

        Assert.Equal((3, false, true), (_withdrawn.Change, _withdrawn.Contains(10), _withdrawn.Contains(20)));
        Assert.Equal([20], _withdrawn.Since(0, 1000, [], _ => true));
        Assert.Equal(20, _withdrawn.FindLookAlike(new PicturePrint(20, ulong.MaxValue)));
    }

    [Fact]
    public async Task LookAlikeIsFoundWithinTheDistanceAlone()
    {
        _ledger.Changes.AddRange([new WithdrawalChange(1, 10, true, null), new WithdrawalChange(2, 20, true, -1)]);
        await _withdrawn.ReadAsync();

        Assert.Equal(20, _withdrawn.FindLookAlike(new PicturePrint(ulong.MaxValue << 10, ulong.MaxValue)));
        Assert.Null(_withdrawn.FindLookAlike(new PicturePrint(ulong.MaxValue << 11, ulong.MaxValue)));
    }

    [Fact]
    public async Task LedgerThatHasGoneBackGetsTheLostWithdrawalsAgain()
    {
        _epochs.Known = new EpochList([new LedgerEpoch(1, 0, false, DateTimeOffset.UnixEpoch, "")]);
        _ledger.Changes.AddRange([Withdrawn(1, 10), Withdrawn(2, 20), Withdrawn(3, 30)]);
        await _withdrawn.ReadAsync();

        // A copy of the first change, which got one of its own since: its number is that of a lost one.
        _ledger.Changes.RemoveRange(1, 2);
        _ledger.Changes.Add(Withdrawn(2, 40));
        _epochs.Known = new EpochList([.. _epochs.Known.All, new LedgerEpoch(2, 0, false, DateTimeOffset.UnixEpoch, "")]);
        await _withdrawn.ReadAsync();

        Assert.Equal([10L, 40, 20, 30], _ledger.Changes.Select(change => change.ArtworkId));
        Assert.All([10, 20, 30, 40], id => Assert.True(_withdrawn.Contains(id)));
        Assert.Equal(4, _withdrawn.Change);
    }

    private static WithdrawalChange Withdrawn(long change, long artworkId) => new(change, artworkId, true, artworkId);
}
