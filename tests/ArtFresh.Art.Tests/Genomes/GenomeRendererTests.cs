using ArtFresh.Contracts;
using NetVips;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class GenomeRendererTests
{
    private static readonly FamilyGenome Sample = new(GenomeFamily.Nebula, 7, Palette.Orchid, new Mood(0.7, 0.4));

    public static TheoryData<GenomeFamily> Families => [.. Enum.GetValues<GenomeFamily>()];

    [Theory]
    [MemberData(nameof(Families))]
    public void ThumbnailLooksLikeTheLargePicture(GenomeFamily family)
    {
        var genome = GenomeGenerator.Draw(family, new Mood(0.6, 0.3), 11);
        var (small, large) = (Rendered(genome, 32, 32), Shrunk(Rendered(genome, 128, 128), 128, 4));

        Assert.InRange(Difference(small, large), 0, 12);
    }

    [Fact]
    public void ManyThreadsDrawWhatOneDraws()
    {
        var expected = Rendered(Sample, 40, 40);

        Parallel.For(0, 16, _ => Assert.Equal(expected, Rendered(Sample, 40, 40)));
    }

    [Theory]
    [InlineData(48, 32)]
    [InlineData(48, 17)]
    [InlineData(30, 48)]
    public void PictureThatIsNotSquareIsTheMiddleOfTheSquare(int width, int height)
    {
        var side = Math.Max(width, height);
        var square = Rendered(Sample, side, side);
        var (left, top) = ((side - width) / 2, (side - height) / 2);
        var middle = new byte[width * height * 4];
        for (var row = 0; row < height; row++)
        {
            square.AsSpan((((top + row) * side) + left) * 4, width * 4).CopyTo(middle.AsSpan(row * width * 4));
        }

        // An odd height lies half a pixel off the square's rows.
        Assert.InRange(Difference(middle, Rendered(Sample, width, height)), 0, height % 2 == 0 ? 0.01 : 8);
    }

    [Fact]
    public void WidthsBelowARegisterAreDrawnCompletely()
    {
        for (var width = 1; width <= 33; width++)
        {
            var pixels = Rendered(Sample, width, 2);

            Assert.Equal(width * 2 * 4, pixels.Length);
            Assert.All(Enumerable.Range(0, width * 2), pixel => Assert.Equal(255, pixels[(pixel * 4) + 3]));
        }
    }

    [Fact]
    public void CancelledDrawingStops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => GenomeRenderer.RenderRgba(Sample, 64, 64, source.Token));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, -1)]
    [InlineData(GenomeRenderer.SideMax + 1, 10)]
    public void SidesOutOfRangeAreRefused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Rendered(Sample, width, height));

    [Fact]
    public void WebpHoldsThePixels()
    {
        byte[] webp = [];
        Assert.Equal(50 * 50, GenomeRenderer.RenderWebpInPieces(Sample, 50, 1000, drawn => webp = drawn).Sum());
        using var image = Image.NewFromBuffer(webp);
        using var opaque = image.Bandjoin(255);

        Assert.Equal((50, 50, 3), (image.Width, image.Height, image.Bands));
        Assert.InRange(Difference(Rendered(Sample, 50, 50), opaque.WriteToMemory<byte>()), 0, 4);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-2, -2)]
    [InlineData(2, 3)]
    public void PixelsOfAnotherSizeAreRefused(int width, int height) =>
        Assert.Throws<ArgumentException>(() => PictureEncoder.EncodeWebp(new byte[16], width, height));

    private static byte[] Rendered(Genome genome, int width, int height) =>
        GenomeRenderer.RenderRgba(genome, width, height, TestContext.Current.CancellationToken);

    private static byte[] Shrunk(byte[] rgba, int side, int factor)
    {
        var small = side / factor;
        var shrunk = new byte[small * small * 4];
        for (var index = 0; index < shrunk.Length; index++)
        {
            var (row, column, channel) = (index / 4 / small, index / 4 % small, index % 4);
            var sum = 0;
            for (var inner = 0; inner < factor * factor; inner++)
            {
                sum += rgba[((((row * factor) + (inner / factor)) * side) + (column * factor) + (inner % factor)) * 4 + channel];
            }

            shrunk[index] = (byte)(sum / (factor * factor));
        }

        return shrunk;
    }

    private static double Difference(byte[] first, byte[] second)
    {
        Assert.Equal(first.Length, second.Length);
        return first.Zip(second).Average(pair => Math.Abs(pair.First - pair.Second));
    }
}
