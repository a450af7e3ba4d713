using System.Buffers;

namespace ArtFresh.Art;

/// <summary>Draws genomes: a register of pixels at a time, without state, so that any number of threads may draw at once.</summary>
public static class GenomeRenderer
{
    /// <summary>The largest side of a picture, in pixels.</summary>
    public const int SideMax = 4096;

    /// <summary>
    /// The picture of a genome, rows from the top, four bytes a pixel (red, green, blue, 255), gamma-encoded sRGB. Of a picture that is not square,
    /// version 1 shows the middle of the square one, scaled to cover; version 2 shows more than the square one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not in [1, <see cref="SideMax"/>].</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; it is checked every few rows.</exception>
    public static byte[] RenderRgba(Genome genome, int width, int height, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(genome);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, SideMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, SideMax);
        var drawing = GenomeDrawing.Of(genome, width, height);
        var pixels = new byte[width * height * 4];
        const int RowsPerCheck = 8;
        for (var row = 0; row < height; row += RowsPerCheck)
        {
            cancellationToken.ThrowIfCancellationRequested();
            drawing.RenderRows(pixels, row, Math.Min(height, row + RowsPerCheck));
        }

        return pixels;
    }

    /// <summary>The square picture of a genome as a WebP file, drawn in pieces: each step draws one and says how many pixels it had; the last hands the file over.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The width is not in [1, <see cref="SideMax"/>].</exception>
    public static IEnumerable<int> RenderWebpInPieces(Genome genome, int width, int pixelsPerPiece, Action<byte[]> finish)
    {
        ArgumentNullException.ThrowIfNull(genome);
        ArgumentNullException.ThrowIfNull(finish);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, SideMax);
        return Pieces();

        IEnumerable<int> Pieces()
        {
            var drawing = GenomeDrawing.Of(genome, width, width);
            var length = width * width * 4;
            // Megabytes each, which the collector would free late. The pool's arrays have a power of two for their length, as pictures of pages have.
            var rented = ArrayPool<byte>.Shared.Rent(length);
            var pixels = rented.Length == length ? rented : new byte[length];
            try
            {
                var rows = Math.Max(1, pixelsPerPiece / width);
                for (var row = 0; row < width; row += rows)
                {
                    var end = Math.Min(width, row + rows);
                    drawing.RenderRows(pixels, row, end);
                    yield return (end - row) * width;
                }

                finish(PictureEncoder.EncodeWebp(pixels, width, width));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
