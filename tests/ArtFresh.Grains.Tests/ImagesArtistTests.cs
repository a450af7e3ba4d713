using System.Net;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class ImagesArtistTests : IDisposable
{
    private static readonly Uri Address = new("http://images.test");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artfresh-artist-");
    private readonly NoWithdrawals _ledger = new();
    private readonly SqlHeldPictures _held;
    private readonly LookAlikeFinder _looks;
    private readonly SqliteDatabase _database;
    private readonly WithdrawnArtworks _withdrawn;

    public ImagesArtistTests()
    {
        _withdrawn = new WithdrawnArtworks(_ledger, new SetEpochs(), TimeProvider.System, NullLogger<WithdrawnArtworks>.Instance);
        _database = new SqliteDatabase(Path.Combine(_folder.FullName, SqliteDatabase.FileName));
        _database.Upgrade(TimeProvider.System);
        _held = new SqlHeldPictures(_database);
        _looks = new LookAlikeFinder(new SqlAlikeArtworks(_database));
    }

    public void Dispose()
    {
        _withdrawn.Dispose();
        _looks.Dispose();
        _database.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task LookAlikeOfAWithdrawnPictureIsRefusedAndNotStored()
    {
        var first = await PaintAsync(Picture(seed: 7, width: 512));
        _ledger.Changes.Add(new WithdrawalChange(1, 30, true, first.PerceptualHash));
        await _withdrawn.ReadAsync();
        var stored = _folder.GetFiles("*", SearchOption.AllDirectories).Length;

        // The same drawing in another size, so that no hash of its content is known.
        var refused = await Assert.ThrowsAsync<ArtGenerationException>(() => PaintAsync(Picture(seed: 7, width: 384)));

        Assert.Equal(ArtGenerationFault.Refused, refused.Fault);
        Assert.Contains("artwork 30", refused.Message, StringComparison.Ordinal);
        Assert.Equal(stored, _folder.GetFiles("*", SearchOption.AllDirectories).Length);
        Assert.NotNull((await PaintAsync(Picture(seed: 8, width: 384))).PictureHash);
        // Put back, it may be painted again.
        _ledger.Changes.Add(new WithdrawalChange(2, 30, false, first.PerceptualHash));
        await _withdrawn.ReadAsync();
        Assert.NotNull((await PaintAsync(Picture(seed: 7, width: 384))).PictureHash);
    }

    [Fact]
    public async Task LookAlikeOfWhatAnOperatorRefusedIsRefusedToo()
    {
        await _held.HoldAsync([await PaintAsync(Picture(seed: 7, width: 512))], DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
        Assert.NotNull((await PaintAsync(Picture(seed: 7, width: 384))).PictureHash);
        await _held.DecideAsync(1, isApproved: false, new OperatorAct(DateTimeOffset.UnixEpoch, "ann", "refuse", null, "because"), TestContext.Current.CancellationToken);

        foreach (var width in (int[])[512, 384])
        {
            var refused = await Assert.ThrowsAsync<ArtGenerationException>(() => PaintAsync(Picture(seed: 7, width)));
            Assert.Contains("held picture 1", refused.Message, StringComparison.Ordinal);
        }

        Assert.NotNull((await PaintAsync(Picture(seed: 8, width: 384))).PictureHash);
    }

    [Fact]
    public async Task ArtworksThatThePictureLooksLikeAreNoted()
    {
        var ledger = new SqliteLedger(_database, TimeProvider.System);
        foreach (var (seed, width) in new[] { (7UL, 512), (8UL, 512), (7UL, 384) })
        {
            await ledger.EnterAsync([new ArtworksMade([await PaintAsync(Picture(seed, width))], DateTimeOffset.UnixEpoch)], TestContext.Current.CancellationToken);
        }

        Assert.Equal([1, 3], (await PaintAsync(Picture(seed: 7, width: 256))).LookAlikes!.Order());
        Assert.Equal(new AlikePair(1, 3, 1), Assert.Single(await new SqlAlikeArtworks(_database).ReadPairsAsync(0, 10, TestContext.Current.CancellationToken)));
    }

    private static byte[] Picture(ulong seed, int width)
    {
        byte[] picture = [];
        _ = GenomeRenderer.RenderWebpInPieces(GenomeGenerator.Draw(Mood.Neutral, seed), width, width * width, finished => picture = finished).Count();
        return picture;
    }

    private async Task<NewArtwork> PaintAsync(byte[] answered)
    {
        using var clients = new Clients(answered);
        var api = new ImagesApiClient(clients, new ImagesApiOptions { Address = Address }, TimeProvider.System);
        return await new ImagesArtist(api, new PictureStore(_folder.FullName), _withdrawn, _held, _looks).PaintAsync(MoodGrid.CellOf(Mood.Neutral), Mood.Neutral, TestContext.Current.CancellationToken);
    }

    /// <summary>An images API that always answers with one picture.</summary>
    private sealed class Clients(byte[] picture) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($$"""{"data":[{"b64_json":"{{Convert.ToBase64String(picture)}}"}]}""") });
    }
}
