using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>Draws genomes: a register of pixels at a time, without state, so that any number of threads may draw at once.</summary>
public static class GenomeRenderer
{
    /// <summary>The largest side of a picture, in pixels.</summary>
    public const int SideMax = 4096;

    /// <summary>
    /// The picture of a genome, rows from the top, four bytes a pixel (red, green, blue, 255), gamma-encoded sRGB. A picture that is not square
    /// shows the middle of the square one, scaled to cover.
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
        var network = GenomeNetwork.Expand(genome);
        var pixels = new byte[width * height * 4];
        const int RowsPerCheck = 8;
        for (var row = 0; row < height; row += RowsPerCheck)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RenderRows(network, pixels, width, height, row, Math.Min(height, row + RowsPerCheck));
        }

        return pixels;
    }

    /// <summary>The square picture of a genome as a PNG file, drawn in pieces: each step draws one and says how many pixels it had; the last hands the file over.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The width is not in [1, <see cref="SideMax"/>].</exception>
    public static IEnumerable<int> RenderPngInPieces(Genome genome, int width, int pixelsPerPiece, Action<byte[]> finish)
    {
        ArgumentNullException.ThrowIfNull(genome);
        ArgumentNullException.ThrowIfNull(finish);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, SideMax);
        return Pieces();

        IEnumerable<int> Pieces()
        {
            var network = GenomeNetwork.Expand(genome);
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
                    RenderRows(network, pixels, width, width, row, end);
                    yield return (end - row) * width;
                }

                finish(PictureEncoder.EncodePng(pixels, width, width));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static void RenderRows(GenomeNetwork network, byte[] pixels, int width, int height, int firstRow, int endRow)
    {
        var step = 2f / Math.Max(width, height);
        Span<Lanes> scratch = stackalloc Lanes[NetworkEvaluator.ScratchLength];
        var evaluator = new NetworkEvaluator(network, step, scratch);
        Span<float> columns = stackalloc float[Lanes.Count];
        for (var row = firstRow; row < endRow; row++)
        {
            var y = new Lanes(((height * 0.5f) - row - 0.5f) * step);
            var line = pixels.AsSpan(row * width * 4, width * 4);
            for (var column = 0; column < width; column += Lanes.Count)
            {
                for (var lane = 0; lane < Lanes.Count; lane++)
                {
                    columns[lane] = (column + lane + 0.5f - (width * 0.5f)) * step;
                }

                var (red, green, blue) = evaluator.Colour(new Lanes(columns), y);
                Store(red, green, blue, line[(column * 4)..]);
            }
        }
    }

    private static void Store(Lanes red, Lanes green, Lanes blue, Span<byte> line)
    {
        var half = new Lanes(0.5f);
        var packed = Vector.ConvertToInt32((red * 255) + half)
            | (Vector.ConvertToInt32((green * 255) + half) << 8)
            | (Vector.ConvertToInt32((blue * 255) + half) << 16)
            | new Vector<int>(unchecked((int)0xFF000000));
        if (line.Length >= Lanes.Count * 4)
        {
            packed.CopyTo(MemoryMarshal.Cast<byte, int>(line));
            return;
        }

        for (var lane = 0; lane * 4 < line.Length; lane++)
        {
            MemoryMarshal.Write(line[(lane * 4)..], packed[lane]);
        }
    }
}
