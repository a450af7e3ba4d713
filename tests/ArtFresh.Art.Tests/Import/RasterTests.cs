using System.Text;
using ArtFresh.Contracts;
using NetVips;

namespace ArtFresh.Art.Tests;

public sealed class RasterTests : IDisposable
{
    private const string Xmp = """
        <x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
        <rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'>
        <dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Harbour at dusk</rdf:li></rdf:Alt></dc:title>
        <dc:creator><rdf:Seq><rdf:li>Ada Painter</rdf:li><rdf:li>Another</rdf:li></rdf:Seq></dc:creator>
        </rdf:Description></rdf:RDF></x:xmpmeta>
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public async Task EachFormatIsReadAndReencoded(string extension)
    {
        using var sweep = Samples.Sweep(200, 120);
        var file = sweep.WriteToBuffer(extension);

        var picture = await ReadAsync("sunny_day-03" + extension, file);

        Assert.Equal(PictureFormat.Webp, PictureSignature.FormatOf(picture.PictureBytes.Span));
        Assert.Equal((200, 120), (picture.Width, picture.Height));
        Assert.Equal(Samples.MeanOf(file), Samples.MeanOf(picture.PictureBytes.ToArray()), (expected, actual) => Math.Abs(expected - actual) < 3);
        Assert.Equal("Sunny day 03", picture.Title);
        Assert.True(picture.Mood.IsValid);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public async Task TitleAndAuthorComeFromXmp(string extension)
    {
        using var sweep = Samples.Sweep(64, 64);
        using var described = sweep.Mutate(image => image.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes(Xmp)));

        var picture = await ReadAsync("a" + extension, described.WriteToBuffer(extension));

        Assert.Equal(("Harbour at dusk", "Ada Painter"), (picture.Title, picture.Author));
        Assert.DoesNotContain("Harbour", Encoding.Latin1.GetString(picture.PictureBytes.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public async Task CreditComesFromXmp(string extension)
    {
        const string packet = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
              xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmpRights:WebStatement="https://creativecommons.org/licenses/by/4.0/"
              Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalArt">
            <dc:source>https://pictures.test/7</dc:source>
            <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ada Painter</rdf:li></rdf:Alt></dc:rights>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            """;
        using var sweep = Samples.Sweep(64, 64);
        using var described = sweep.Mutate(image => image.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes(packet)));

        var picture = await ReadAsync("a" + extension, described.WriteToBuffer(extension));

        Assert.Equal(("https://creativecommons.org/licenses/by/4.0/", "https://pictures.test/7", "digitalArt"), (picture.Licence, picture.Source, picture.DigitalSourceType));
    }

    [Theory]
    [InlineData("© 2025 Ada Painter, all rights reserved", null)]
    [InlineData("Ada Painter, CC BY-SA 4.0", "Ada Painter, CC BY-SA 4.0")]
    public async Task CopyrightIsALicenceOnlyIfItNamesOne(string copyright, string? licence)
    {
        using var sweep = Samples.Sweep(64, 64);
        using var described = sweep.Mutate(image => image.Set(GValue.GStrType, "png-comment-0-Copyright", copyright));

        Assert.Equal(licence, (await ReadAsync("a.png", described.PngsaveBuffer())).Licence);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public async Task TitleAuthorAndLicenceComeFromExif(string extension)
    {
        using var sweep = Samples.Sweep(64, 64);
        using var described = sweep.Mutate(image =>
        {
            image.Set(GValue.GStrType, "exif-ifd0-ImageDescription", "Two (2) boats");
            image.Set(GValue.GStrType, "exif-ifd0-Artist", "Ben Sailor");
            image.Set(GValue.GStrType, "exif-ifd0-Copyright", "CC0");
        });

        var picture = await ReadAsync("a" + extension, described.WriteToBuffer(extension));

        Assert.Equal(("Two (2) boats", "Ben Sailor", "CC0"), (picture.Title, picture.Author, picture.Licence));
    }

    [Fact]
    public async Task TitleAndAuthorComeFromPngText()
    {
        using var sweep = Samples.Sweep(64, 64);
        using var described = sweep.Mutate(image =>
        {
            image.Set(GValue.GStrType, "png-comment-0-Title", "Moon\nover   water");
            image.Set(GValue.GStrType, "png-comment-1-Author", "Cleo Night");
        });

        var picture = await ReadAsync("a.png", described.PngsaveBuffer());

        Assert.Equal(("Moon over water", "Cleo Night"), (picture.Title, picture.Author));
    }

    [Fact]
    public async Task PictureIsTurnedUpright()
    {
        using var sweep = Samples.Sweep(200, 100);
        using var lying = sweep.Mutate(image => image.Set(GValue.GIntType, "orientation", 6));

        var picture = await ReadAsync("lying.jpg", lying.JpegsaveBuffer());

        Assert.Equal((100, 200), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task LargePictureIsScaledDownAndSmallOneIsNotScaledUp()
    {
        Assert.Equal((1024, 256), SizeOf(await ReadAsync("large.png", Samples.Png(2000, 500))));
        Assert.Equal((40, 30), SizeOf(await ReadAsync("small.png", Samples.Png(40, 30))));
    }

    [Fact]
    public async Task SixteenBitsGreyAndTransparencyBecomeEightBitColour()
    {
        using var sweep = Samples.Sweep(64, 64);
        using var deep = (sweep * 257.0).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);
        using var grey = sweep.Colourspace(Enums.Interpretation.Bw);
        using var glass = Samples.Sweep(64, 64, [255, 255, 255, 0], [250, 250, 250, 255]);
        foreach (var image in new[] { deep, grey, glass })
        {
            var picture = await ReadAsync("a.png", image.PngsaveBuffer());
            using var drawn = Image.NewFromBuffer(picture.PictureBytes.ToArray());
            Assert.Equal((3, Enums.BandFormat.Uchar), (drawn.Bands, drawn.Format));
        }

        var white = await ReadAsync("white.png", glass.PngsaveBuffer());
        using var onNight = Image.NewFromBuffer(white.PictureBytes.ToArray());
        Assert.All(onNight.Getpoint(1, 30), band => Assert.InRange(band, 0, 70));
    }

    [Fact]
    public async Task PictureThatDeclaresTooManyPixelsIsNotDecoded()
    {
        var rejection = await RejectionOf("bomb.png", Samples.PngThatClaims(60_000, 60_000));

        Assert.Equal("The picture declares 60000 x 60000 pixels; the limit is 67108864 pixels.", rejection.Message);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public async Task PictureThatIsCutShortIsRejected(string extension)
    {
        using var noise = Image.Gaussnoise(300, 300, sigma: 60, mean: 128);
        using var eightBits = noise.Cast(Enums.BandFormat.Uchar);
        var whole = eightBits.WriteToBuffer(extension);

        var rejection = await RejectionOf("cut" + extension, whole[..(whole.Length / 2)]);

        Assert.StartsWith("The picture is damaged", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SpeckAndFlatColourAreRejected()
    {
        Assert.Contains("each side must have at least 16", (await RejectionOf("dot.png", Samples.Png(1, 1))).Message, StringComparison.Ordinal);
        Assert.Equal("The picture has only one colour.", (await RejectionOf("flat.png", Samples.FlatPng(64))).Message);
    }

    [Theory]
    [InlineData("GIF89a and so on")]
    [InlineData("%PDF-1.7")]
    [InlineData("\0\0\0\u0018ftypavif")]
    public async Task OtherFormatsAreRejectedWhateverTheirName(string content) =>
        Assert.Contains("not a PNG, JPEG or WebP", (await RejectionOf("innocent.png", Encoding.Latin1.GetBytes(content))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task MissingFileIsRejected()
    {
        var importer = new PictureImporter(TimeSpan.FromMinutes(5), TimeProvider.System);
        var missing = new CatalogueEntry { Path = Path.Combine(_folder.Path, "none.png") };

        var rejection = await Assert.ThrowsAsync<PictureRejectedException>(() => importer.ReadAsync(missing, TestContext.Current.CancellationToken));

        Assert.DoesNotContain(_folder.Path, rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameBytesUnderTwoNamesHaveTheSameHash()
    {
        var file = Samples.Png(80, 80);

        var (one, other, third) = (await ReadAsync("one.png", file), await ReadAsync("below/other.png", file), await ReadAsync("third.png", Samples.Png(80, 81)));

        Assert.Equal((one.ContentHash, one.PictureHash), (other.ContentHash, other.PictureHash));
        Assert.NotEqual(one.ContentHash, third.ContentHash);
    }

    [Fact]
    public async Task CatalogueMetadataTakesPrecedenceOverTheFiles()
    {
        using var sweep = Samples.Sweep(64, 64);
        using var described = sweep.Mutate(image => image.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes(Xmp)));
        var path = _folder.Write("a.png", described.PngsaveBuffer());

        var picture = await new PictureImporter(TimeSpan.FromMinutes(5), TimeProvider.System).ReadAsync(
            new CatalogueEntry { Path = path, Title = "  Given\ttitle ", Licence = "CC0", Source = "attic", Mood = new Mood(0.125, 0.875) },
            TestContext.Current.CancellationToken);

        Assert.Equal(("Given title", "Ada Painter", "CC0", "attic"), (picture.Title, picture.Author, picture.Licence, picture.Source));
        Assert.Equal(new Mood(0.125, 0.875), picture.Mood);
    }

    private static (int Width, int Height) SizeOf(ImportedPicture picture) => (picture.Width, picture.Height);

    private Task<ImportedPicture> ReadAsync(string name, byte[] file) =>
        new PictureImporter(TimeSpan.FromMinutes(5), TimeProvider.System).ReadAsync(new CatalogueEntry { Path = _folder.Write(name, file) }, TestContext.Current.CancellationToken);

    private async Task<PictureRejectedException> RejectionOf(string name, byte[] file) => await Assert.ThrowsAsync<PictureRejectedException>(() => ReadAsync(name, file));
}
