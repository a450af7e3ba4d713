using System.Globalization;
using NetVips;

namespace ArtFresh.Art.Tests;

public sealed class PicturePrintTests
{
    private const string Openclipart = "/usr/share/openclipart";
    private const string Circle = "<circle cx='32' cy='32' r='20' fill='teal'/>";

    /// <summary>Mirrored drawings, of whose hash three quarters are noise, and one that is not.</summary>
    [Theory]
    [InlineData(Circle)]
    [InlineData("<rect x='8' y='28' width='48' height='8'/><rect x='28' y='8' width='8' height='48'/>")]
    [InlineData("<path d='M4 60 L20 4 L60 50 Z M50 4 h10 v20 h-10 z' fill='#803010'/>")]
    public async Task SmallerCopyInOtherColoursIsALookAlike(string shape)
    {
        var original = (await ReadAsync(shape)).Print;

        Assert.True(CopyOf(await ReadAsync(shape)).IsLookAlike(original.Hash));
        Assert.True((await ReadAsync(shape.Replace("teal", "#0a8a8a", StringComparison.Ordinal))).Print.IsLookAlike(original.Hash));
    }

    [Theory]
    [InlineData(Circle, "<rect x='8' y='28' width='48' height='8'/><rect x='28' y='8' width='8' height='48'/>")]
    [InlineData(Circle, "<circle cx='32' cy='32' r='28' fill='none' stroke='teal' stroke-width='4'/>")]
    [InlineData(Circle, "<path d='M4 60 L20 4 L60 50 Z M50 4 h10 v20 h-10 z' fill='teal'/>")]
    [InlineData("<rect width='64' height='20' fill='teal'/>", "<rect width='64' height='50' fill='teal'/>")]
    public async Task OtherDrawingIsNoLookAlike(string one, string other)
    {
        var (first, second) = ((await ReadAsync(one)).Print, (await ReadAsync(other)).Print);

        Assert.False(first.IsLookAlike(second.Hash) || second.IsLookAlike(first.Hash));
    }

    [Fact]
    public async Task CopiesOfRealDrawingsAreLookAlikesAndOthersAreNot()
    {
        Assert.SkipUnless(Directory.Exists(Openclipart), "The package openclipart-svg is not installed.");
        var files = Directory.EnumerateFiles(Openclipart, "*.svg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % 60 == 0).ToArray();
        var prints = new (ImportedPicture Picture, PicturePrint Copy)?[files.Length];
        await Parallel.ForAsync(0, files.Length, TestContext.Current.CancellationToken, async (i, stop) =>
        {
            try
            {
                var picture = await new PictureImporter().ReadAsync(new CatalogueEntry { Path = files[i] }, stop);
                prints[i] = (picture, CopyOf(picture));
            }
            catch (PictureRejectedException)
            {
            }
        });

        // Of a title, the first file: the package holds drawings twice.
        var different = prints.OfType<(ImportedPicture Picture, PicturePrint Copy)>().DistinctBy(print => print.Picture.Title).ToArray();
        var found = different.Count(print => print.Copy.IsLookAlike(print.Picture.Print.Hash));
        var alike = (from one in different from other in different where one != other && one.Picture.Print.IsLookAlike(other.Picture.Print.Hash) select (one.Picture.Title, other.Picture.Title)).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{found} of {different.Length} copies found; of {different.Length * (different.Length - 1)} pairs {alike.Length} are look-alikes: {string.Join(", ", alike)}"));
        Assert.InRange(found, different.Length * 94 / 100, different.Length);
        Assert.InRange(alike.Length, 0, different.Length * different.Length / 1000);
    }

    private static async Task<ImportedPicture> ReadAsync(string shape)
    {
        using var folder = new ScratchFolder();
        return await new PictureImporter().ReadAsync(new CatalogueEntry { Path = folder.Write("one.svg", Samples.Svg(shape, "viewBox='0 0 64 64'")) });
    }

    /// <summary>As from another site: smaller, and compressed again.</summary>
    private static PicturePrint CopyOf(ImportedPicture picture)
    {
        using var whole = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        using var small = whole.ThumbnailImage(Math.Max(64, whole.Width * 3 / 5));
        return PicturePrint.Of(small.JpegsaveBuffer(q: 60)) ?? default;
    }
}
