using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Artworks that look alike, in each kind of database.</summary>
public abstract class AlikeArtworksTests(LedgerFile file) : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task LookAlikesAreWrittenWithTheirArtworks()
    {
        await EnterAsync(Picture(1), Picture(2, 1));
        await EnterAsync(Picture(3), Picture(4, 1, 2), Picture(5, 9));

        Assert.Equal([(2, 1), (4, 1), (4, 2)], await PairsAfterAsync(0));
        var first = (await file.Alike.ReadPairsAsync(0, 1, Stop)).Single();
        Assert.Equal([(4, 1), (4, 2)], await PairsAfterAsync(first.Change));
        Assert.Equal([new(3, "picture-3", 3), new(4, "picture-4", 4), new ArtworkPicture(5, "picture-5", 5)], await file.Alike.ReadPicturesAsync(2, 10, Stop));
    }

    [Fact]
    public async Task KnownContentIsNotPairedWithItselfOrWhatCameLater()
    {
        await EnterAsync(Picture(1), Picture(2));
        await EnterAsync(Picture(1, 1, 2), Picture(2, 1));
        await EnterAsync(Picture(2, 1));

        Assert.Equal([(2, 1)], await PairsAfterAsync(0));
    }

    [Fact]
    public async Task ComparedArtworkGetsItsHashAndItsPairsAfterAllOthers()
    {
        await EnterAsync(Picture(1), Picture(2), Picture(3) with { PerceptualHash = null }, Picture(4, 1));
        var last = (await file.Alike.ReadPairsAsync(0, 10, Stop))[^1].Change;

        for (var time = 0; time < 2; time++)
        {
            await file.Ledger.EnterAsync([new ArtworkCompared(2, 99, [1]), new ArtworkCompared(3, 77, [2])], Stop);
        }

        Assert.Equal([(2, 1), (3, 2)], await PairsAfterAsync(last));
        Assert.Equal([2, 77, 4L], (await file.Alike.ReadPicturesAsync(1, 10, Stop)).Select(picture => picture.PerceptualHash!.Value));
        Assert.Empty(await DamagedAsync());
    }

    /// <summary>Rows whose checksum says that they were written otherwise.</summary>
    private async Task<IReadOnlyList<string>> DamagedAsync()
    {
        var found = new List<string>();
        await file.Source.ReadMomentAsync(
            async moment =>
            {
                await moment.CheckSealedAsync(found.Add, Stop);
                return true;
            },
            Stop);
        return found;
    }

    private async Task<IEnumerable<(long, long)>> PairsAfterAsync(long change) =>
        (await file.Alike.ReadPairsAsync(change, 10, Stop)).Select(pair => (pair.ArtworkId, pair.EarlierId));

    private Task<LedgerVerdict[]> EnterAsync(params NewArtwork[] artworks) => file.Ledger.EnterAsync([new ArtworksMade([.. artworks], LedgerFile.Now)], Stop);

    private static NewArtwork Picture(int number, params long[] looksLike) =>
        new(5, Mood.Neutral, "import", null, $"picture-{number}", $"content-{number}", number, "A title", null, null, LookAlikes: looksLike);
}

public sealed class SqliteAlikeArtworksTests() : AlikeArtworksTests(new SqliteFile());

[Collection("postgres")]
public sealed class PostgresAlikeArtworksTests(PostgresWorld world) : AlikeArtworksTests(new PostgresFile(world.Server));
