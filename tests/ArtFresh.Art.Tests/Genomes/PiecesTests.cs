using ArtFresh.Contracts;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class PiecesTests
{
    /// <summary>256 has a buffer of the pool, 100 has one of its own; 900 pixels a piece end within a row of the picture's height.</summary>
    [Theory]
    [InlineData(256, 10_000)]
    [InlineData(100, 900)]
    public void PictureInPiecesIsThePictureInOne(int width, int pixelsPerPiece)
    {
        var genome = GenomeGenerator.Draw(new Mood(0.4, 0.7), 11);
        byte[]? drawn = null;

        var pieces = GenomeRenderer.RenderWebpInPieces(genome, width, pixelsPerPiece, webp => drawn = webp).ToArray();

        Assert.Equal(width * width, pieces.Sum());
        Assert.True(pieces.Length > 1);
        Assert.Equal(PictureEncoder.EncodeWebp(GenomeRenderer.RenderRgba(genome, width, width, TestContext.Current.CancellationToken), width, width), drawn);
    }
}
