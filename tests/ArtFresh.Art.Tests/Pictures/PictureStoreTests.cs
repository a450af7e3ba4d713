using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using NetVips;

namespace ArtFresh.Art.Tests;

public sealed class PictureStoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PictureIsKeptUnderItsHash()
    {
        var store = new PictureStore(_folder.Path);
        var png = Samples.Png(100, 80);

        var hash = await store.SaveAsync(png, Cancelled);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(png)), hash);
        Assert.Equal(png, await store.ReadAsync(hash, Cancelled));
        Assert.Equal(png, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, hash[..2], hash[2..] + ".png"), Cancelled));
        await using var stream = store.OpenRead(hash);
        Assert.Equal(png.Length, stream!.Length);
        Assert.Equal(png, await new PictureStore(_folder.Path).ReadAsync(hash, Cancelled));
    }

    [Fact]
    public async Task SavingAgainChangesNothing()
    {
        var store = new PictureStore(_folder.Path);
        var png = Samples.Png(100, 80);
        var hash = await store.SaveAsync(png, Cancelled);
        var file = PicturesOnDisk().Single();
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        Assert.Equal(hash, await store.SaveAsync(png, Cancelled));

        Assert.Equal(file, PicturesOnDisk().Single());
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public async Task ConcurrentSavesLeaveOneCompletePicture()
    {
        var png = Samples.Png(300, 300);

        await Parallel.ForEachAsync(Enumerable.Range(0, 32), Cancelled, async (_, token) => await new PictureStore(_folder.Path).SaveAsync(png, token));

        Assert.Equal(png, await File.ReadAllBytesAsync(PicturesOnDisk().Single(), Cancelled));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "unfinished")));
    }

    [Fact]
    public async Task TruncatedPictureIsWrittenAgain()
    {
        var store = new PictureStore(_folder.Path);
        var png = Samples.Png(100, 80);
        var hash = await store.SaveAsync(png, Cancelled);
        await File.WriteAllBytesAsync(PicturesOnDisk().Single(), png[..10], Cancelled);

        await store.SaveAsync(png, Cancelled);

        Assert.Equal(png, await store.ReadAsync(hash, Cancelled));
    }

    [Fact]
    public async Task FailedSaveLeavesNothingBehind()
    {
        var store = new PictureStore(_folder.Path);
        var png = Samples.Png(100, 80);
        var hash = Convert.ToHexStringLower(SHA256.HashData(png));
        // A folder at the picture's path makes the last step, the rename, fail.
        Directory.CreateDirectory(Path.Combine(_folder.Path, hash[..2], hash[2..] + ".png"));

        await Assert.ThrowsAnyAsync<Exception>(() => store.SaveAsync(png, Cancelled));

        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "unfinished")));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.SaveAsync(Samples.Png(50, 50), new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "unfinished")));
    }

    [Fact]
    public void UnfinishedFilesOfACrashAreDeleted()
    {
        var old = _folder.Write("unfinished/old", "x");
        var young = _folder.Write("unfinished/young", "x");
        File.SetLastWriteTimeUtc(old, _clock.GetUtcNow().UtcDateTime.AddHours(-2));
        File.SetLastWriteTimeUtc(young, _clock.GetUtcNow().UtcDateTime.AddMinutes(-2));

        _ = new PictureStore(_folder.Path, new PictureStoreLimits(), _clock);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("../../../../../../../../../../../../../../../../../etc/passwd000000")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("abcdef0123456789abcdef0123456789abcdef0123456789abcdef012345678/")]
    [InlineData("abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789a")]
    public async Task InvalidContentHashIsRefused(string hash)
    {
        var store = new PictureStore(_folder.Path);

        Assert.Throws<ArgumentException>(() => store.OpenRead(hash));
        await Assert.ThrowsAsync<ArgumentException>(() => store.ReadAsync(hash, Cancelled));
        await Assert.ThrowsAsync<ArgumentException>(() => store.ReadScaledAsync(hash, 100, Task.Run, Cancelled));
    }

    [Fact]
    public async Task UnknownPictureIsNull()
    {
        var store = new PictureStore(_folder.Path);
        var hash = new string('a', 64);

        Assert.Null(store.OpenRead(hash));
        Assert.Null(await store.ReadAsync(hash, Cancelled));
        Assert.Null(await store.ReadScaledAsync(hash, 100, Task.Run, Cancelled));
    }

    [Fact]
    public async Task OnlyPngAndWebpAreKept()
    {
        var store = new PictureStore(_folder.Path);

        await Assert.ThrowsAsync<ArgumentException>(() => store.SaveAsync(Samples.Svg("<g/>"), Cancelled));
        await Assert.ThrowsAsync<ArgumentException>(() => store.SaveAsync("text"u8.ToArray(), Cancelled));
    }

    [Theory]
    [InlineData(128, 128, 64)]
    [InlineData(100, 128, 64)]
    [InlineData(1, 64, 32)]
    [InlineData(512, 512, 256)]
    public async Task ScaledPictureHasTheWidthRoundedUpToAStep(int asked, int width, int height)
    {
        var store = new PictureStore(_folder.Path);
        var hash = await store.SaveAsync(Samples.Png(1000, 500), Cancelled);

        var scaled = await store.ReadScaledAsync(hash, asked, Task.Run, Cancelled);

        using var image = Image.NewFromBuffer(scaled!);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(scaled, await store.ReadScaledAsync(hash, asked, Task.Run, Cancelled));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "scaled"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PictureIsNeverScaledUp()
    {
        var store = new PictureStore(_folder.Path);
        var png = Samples.Png(100, 100);
        var hash = await store.SaveAsync(png, Cancelled);

        Assert.Equal(png, await store.ReadScaledAsync(hash, int.MaxValue, Task.Run, Cancelled));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "scaled")));
    }

    [Fact]
    public async Task DamagedScaledCopyIsReplaced()
    {
        var store = new PictureStore(_folder.Path);
        var hash = await store.SaveAsync(Samples.Png(1000, 500), Cancelled);
        var scaled = await store.ReadScaledAsync(hash, 128, Task.Run, Cancelled);
        var copy = Directory.GetFiles(Path.Combine(_folder.Path, "scaled"), "*", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(copy, scaled![..(scaled.Length / 2)], Cancelled);

        Assert.Equal(scaled, await store.ReadScaledAsync(hash, 128, Task.Run, Cancelled));
    }

    [Fact]
    public async Task LeastRecentlyUsedScaledCopiesAreDeletedAtTheLimit()
    {
        const long BytesMax = 4_000;
        var store = new PictureStore(_folder.Path, new PictureStoreLimits(BytesMax), _clock);
        var first = await store.SaveAsync(Samples.Png(600, 300), Cancelled);
        await store.ReadScaledAsync(first, 64, Task.Run, Cancelled);
        for (var height = 301; height < 340; height++)
        {
            _clock.Advance(TimeSpan.FromMinutes(11));
            await store.ReadScaledAsync(first, 64, Task.Run, Cancelled);
            await store.ReadScaledAsync(await store.SaveAsync(Samples.Png(600, height), Cancelled), 64, Task.Run, Cancelled);
            var copies = new DirectoryInfo(Path.Combine(_folder.Path, "scaled")).GetFiles("*", SearchOption.AllDirectories);
            Assert.InRange(copies.Sum(copy => copy.Length), 1, BytesMax);
        }

        var kept = Directory.GetFiles(Path.Combine(_folder.Path, "scaled"), "*", SearchOption.AllDirectories);
        Assert.InRange(kept.Length, 2, 30);
        Assert.Contains(kept, copy => copy.Contains(first[2..], StringComparison.Ordinal));
    }

    private string[] PicturesOnDisk() => [.. Directory.GetFiles(_folder.Path, "*.png", SearchOption.AllDirectories)];
}
