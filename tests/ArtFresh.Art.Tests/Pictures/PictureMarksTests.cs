using System.Diagnostics;
using System.Text.Json;
using ArtFresh.Contracts;
using NetVips;

namespace ArtFresh.Art.Tests;

public sealed class PictureMarksTests : IDisposable
{
    private static readonly Artwork Painted = new(
        7, "some-model", null, "hash", Mood.Neutral, DateTimeOffset.UnixEpoch, "Red & <blue>", "Ada Painter",
        new ArtworkCredit("https://creativecommons.org/licenses/by/4.0/", "https://pictures.test/7"));

    private static readonly Artwork Drawn = new(8, "neural", "genome", null, Mood.Neutral, DateTimeOffset.UnixEpoch, "Ember", null);

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files => ["opaque.png", "alpha.png", "lossy.webp", "lossless.webp", "alpha.webp", "marked.webp", "odd.webp"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void MarkIsReadAgainAndThePixelsAreTheSame(string file)
    {
        var picture = Make(file);

        var marked = PictureMarks.Mark(picture, Painted);

        var read = RasterMetadata.Read(marked);
        Assert.Equal(("Red & <blue>", "Ada Painter", "https://creativecommons.org/licenses/by/4.0/"), (read.Title, read.Author, read.Licence));
        Assert.Equal(("https://pictures.test/7", "trainedAlgorithmicMedia"), (read.Source, DigitalSourceTypes.CodeOf(read.DigitalSourceType)));
        Assert.Equal(PixelsOf(picture), PixelsOf(marked));
        // Whole by its own header, and marked once.
        Assert.Equal(marked, PictureMarks.Mark(marked, Painted) is { } again && file.EndsWith(".webp", StringComparison.Ordinal) ? again : marked);
    }

    /// <summary>Another program than ours reads it, in the field that the EU's AI Act and shops look for.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public async Task ExifToolReadsTheMarkWithoutAWarning(string file)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/exiftool"), "exiftool is not installed");
        var painted = await ExifToolAsync(PictureMarks.Mark(Make(file), Painted), "painted-" + file);
        var drawn = await ExifToolAsync(PictureMarks.Mark(Make(file), Drawn), "drawn-" + file);

        Assert.Equal("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", painted.GetProperty("DigitalSourceType").GetString());
        Assert.Equal("http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia", drawn.GetProperty("DigitalSourceType").GetString());
        Assert.Equal(("Red & <blue>", "Ada Painter"), (painted.GetProperty("Title").GetString(), painted.GetProperty("Creator").GetString()));
        Assert.Equal("https://creativecommons.org/licenses/by/4.0/", painted.GetProperty("WebStatement").GetString());
        // Minor ones are about what the sample's own encoder wrote.
        Assert.All([painted, drawn], read => Assert.True(!read.TryGetProperty("Warning", out var warning) || warning.GetString()!.StartsWith("[minor]", StringComparison.Ordinal), $"{warning}"));
        Assert.All([painted, drawn], read => Assert.False(read.TryGetProperty("Error", out var error), $"{error}"));
    }

    [Fact]
    public void ImportSaysOnlyWhatIsKnown()
    {
        var imported = new Artwork(9, Artwork.Imported, null, "hash", Mood.Neutral, DateTimeOffset.UnixEpoch, "A \uFFFF title", null, new ArtworkCredit("CC0"));

        var read = RasterMetadata.Read(PictureMarks.Mark(Make("opaque.png"), imported));

        Assert.Equal(("A title", "CC0", null), (read.Title, read.Licence, read.DigitalSourceType));
    }

    private static byte[] Make(string file)
    {
        using var opaque = Samples.Sweep(61, 48);
        using var clear = Samples.Sweep(64, 48, [250, 180, 60, 255], [30, 60, 140, 20]);
        return file switch
        {
            "opaque.png" => opaque.PngsaveBuffer(),
            "alpha.png" => clear.PngsaveBuffer(),
            "lossy.webp" => PictureEncoder.EncodeWebp(opaque),
            "lossless.webp" => opaque.WebpsaveBuffer(lossless: true),
            "alpha.webp" => clear.WebpsaveBuffer(),
            "marked.webp" => PictureMarks.Mark(opaque.WebpsaveBuffer(), Drawn),
            _ => Samples.Sweep(33, 17).WebpsaveBuffer(q: 51),
        };
    }

    private static byte[] PixelsOf(byte[] picture)
    {
        using var image = Image.NewFromBuffer(picture, kwargs: new VOption { { "fail_on", Enums.FailOn.Warning } });
        return image.WriteToMemory<byte>();
    }

    private async Task<JsonElement> ExifToolAsync(byte[] picture, string file)
    {
        var path = Path.Combine(_folder.Path, file);
        await File.WriteAllBytesAsync(path, picture, Stop);
        using var tool = Process.Start(new ProcessStartInfo("exiftool", ["-j", "-n", "-validate", "-warning", "-error", "-XMP:all", path]) { RedirectStandardOutput = true })!;
        var said = await tool.StandardOutput.ReadToEndAsync(Stop);
        await tool.WaitForExitAsync(Stop);
        return JsonDocument.Parse(said).RootElement[0];
    }
}
