using System.Numerics;

namespace ArtFresh.Art;

/// <summary>
/// A 64-bit hash that look-alikes share most bits of: the signs of the lowest 8 by 8 frequencies (discrete cosine transform) of the luminance, against their median, as in
/// Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010.
/// </summary>
public static class PerceptualHash
{
    /// <summary>Hashes that differ in at most so many bits belong to look-alikes.</summary>
    public const int LookAlikeDistanceMax = 10;

    private const int Side = 32;
    private const int Frequencies = 8;

    /// <summary>Of the strongest frequency.</summary>
    private const double NoiseShare = 0.02;

    /// <summary>The hash of a picture: rows from the top, four bytes a pixel, alpha ignored.</summary>
    /// <exception cref="ArgumentException">The pixels are not width × height × 4 bytes.</exception>
    public static ulong Of(ReadOnlySpan<byte> rgba, int width, int height) => Of(rgba, width, height, out _);

    /// <inheritdoc cref="Of(ReadOnlySpan{byte}, int, int)"/>
    /// <param name="rgba">The pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="clear">The bits that noise, such as of lossy compression, does not turn.</param>
    public static ulong Of(ReadOnlySpan<byte> rgba, int width, int height, out ulong clear)
    {
        if (width <= 0 || height <= 0 || rgba.Length != (long)width * height * 4)
        {
            throw new ArgumentException($"{rgba.Length} bytes are not a picture of {width} by {height} pixels.", nameof(rgba));
        }

        Span<double> luma = stackalloc double[Side * Side];
        Shrink(rgba, width, height, luma);
        Span<double> spectrum = stackalloc double[Frequencies * Frequencies];
        Transform(luma, spectrum);
        Span<double> sorted = stackalloc double[spectrum.Length];
        spectrum.CopyTo(sorted);
        sorted.Sort();
        var median = (sorted[31] + sorted[32]) / 2;
        var noise = NoiseShare * Math.Max(sorted[^1] - median, median - sorted[0]);
        (var hash, clear) = (0UL, 0UL);
        for (var bit = 0; bit < spectrum.Length; bit++)
        {
            hash |= spectrum[bit] > median ? 1UL << bit : 0;
            clear |= Math.Abs(spectrum[bit] - median) > noise ? 1UL << bit : 0;
        }

        return hash;
    }

    /// <summary>In how many bits two hashes differ, 0 to 64.</summary>
    public static int Distance(ulong first, ulong second) => BitOperations.PopCount(first ^ second);

    private static void Shrink(ReadOnlySpan<byte> rgba, int width, int height, Span<double> luma)
    {
        for (var row = 0; row < Side; row++)
        {
            var (top, bottom) = (row * height / Side, Math.Max((row + 1) * height / Side, (row * height / Side) + 1));
            for (var column = 0; column < Side; column++)
            {
                var (left, right) = (column * width / Side, Math.Max((column + 1) * width / Side, (column * width / Side) + 1));
                double sum = 0;
                for (var y = top; y < bottom; y++)
                {
                    for (var x = left; x < right; x++)
                    {
                        var pixel = rgba.Slice(((y * width) + x) * 4, 3);
                        sum += (0.2126 * pixel[0]) + (0.7152 * pixel[1]) + (0.0722 * pixel[2]);
                    }
                }

                luma[(row * Side) + column] = sum / ((bottom - top) * (right - left));
            }
        }
    }

    private static readonly double[] Cosines = MakeCosines();

    private static double[] MakeCosines()
    {
        var table = new double[Frequencies * Side];
        for (var frequency = 0; frequency < Frequencies; frequency++)
        {
            for (var at = 0; at < Side; at++)
            {
                table[(frequency * Side) + at] = Math.Cos(Math.PI * (frequency + 1) * (at + 0.5) / Side);
            }
        }

        return table;
    }

    // Frequencies 1 to 8 each way: the constant and the pure rows and columns carry brightness and vignette, not form.
    private static void Transform(ReadOnlySpan<double> luma, Span<double> spectrum)
    {
        Span<double> rows = stackalloc double[Side * Frequencies];
        for (var row = 0; row < Side; row++)
        {
            for (var frequency = 0; frequency < Frequencies; frequency++)
            {
                double sum = 0;
                for (var at = 0; at < Side; at++)
                {
                    sum += luma[(row * Side) + at] * Cosines[(frequency * Side) + at];
                }

                rows[(row * Frequencies) + frequency] = sum;
            }
        }

        for (var vertical = 0; vertical < Frequencies; vertical++)
        {
            for (var horizontal = 0; horizontal < Frequencies; horizontal++)
            {
                double sum = 0;
                for (var at = 0; at < Side; at++)
                {
                    sum += rows[(at * Frequencies) + horizontal] * Cosines[(vertical * Side) + at];
                }

                spectrum[(vertical * Frequencies) + horizontal] = sum;
            }
        }
    }
}
