using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>Many small pictures on one page, to judge the generator by.</summary>
public static class ContactSheet
{
    private const int SideMax = 16384;

    /// <summary>
    /// A PNG file of columns × rows drawn genomes, each <paramref name="cell"/> pixels wide with a narrow dark gap. Energy rises from top to bottom
    /// and valence from left to right; the same seed gives the same sheet.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the sheet would be wider or higher than 16384 pixels.</exception>
    public static byte[] RenderPng(int columns, int rows, int cell, ulong seed)
    {
        var (pixels, width, height) = Drawn(columns, rows, cell, seed);
        return PictureEncoder.EncodePng(pixels, width, height);
    }

    /// <summary>As <see cref="RenderPng"/>, as a JPEG file: a sixth of the size, fit for a web page.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the sheet would be wider or higher than 16384 pixels.</exception>
    public static byte[] RenderJpeg(int columns, int rows, int cell, ulong seed)
    {
        const int Quality = 88;
        var (pixels, width, height) = Drawn(columns, rows, cell, seed);
        return PictureEncoder.EncodeJpeg(pixels, width, height, Quality);
    }

    private static (byte[] Rgba, int Width, int Height) Drawn(int columns, int rows, int cell, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cell);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)Math.Max(columns, rows) * cell, SideMax);
        var random = new SplitMix64(seed);
        var genomes = new Genome[columns * rows];
        for (var index = 0; index < genomes.Length; index++)
        {
            var (column, row) = (index % columns, index / columns);
            genomes[index] = GenomeGenerator.Draw(new Mood((column + 0.5) / columns, (row + 0.5) / rows), random.Next());
        }

        return Lay(genomes, columns, cell);
    }

    /// <summary>The sheet of given genomes, row by row: its pixels (four bytes each), width and height.</summary>
    internal static (byte[] Rgba, int Width, int Height) Lay(IReadOnlyList<Genome> genomes, int columns, int cell)
    {
        var gap = Math.Max(cell / 24, 1);
        var rows = (genomes.Count + columns - 1) / columns;
        var width = (long)columns * (cell + gap) + gap;
        var height = (long)rows * (cell + gap) + gap;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(width, height), SideMax);
        var pixels = new byte[width * height * 4];
        for (var pixel = 0; pixel < pixels.Length; pixel += 4)
        {
            (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2], pixels[pixel + 3]) = (16, 16, 18, 255);
        }

        Parallel.For(0, genomes.Count, index =>
        {
            var picture = GenomeRenderer.RenderRgba(genomes[index], cell, cell);
            var left = gap + (index % columns * (cell + gap));
            var top = gap + (index / columns * (cell + gap));
            for (var row = 0; row < cell; row++)
            {
                picture.AsSpan(row * cell * 4, cell * 4).CopyTo(pixels.AsSpan((int)(((top + row) * width) + left) * 4));
            }
        });
        return (pixels, (int)width, (int)height);
    }
}
