namespace ArtFresh.Art;

/// <summary>Measurements of a small picture.</summary>
/// <param name="Contrast">Standard deviation of luma in [0, 1]: 0.05 is flat, 0.3 stark.</param>
/// <param name="Brightness">Mean luma in [0, 1].</param>
/// <param name="Detail">Mean step of luma between neighbours in a 32 by 32 picture, in [0, 1]: the spatial frequency, weighted by contrast.</param>
/// <param name="Chroma">Mean distance of the colours from grey, in [0, 1].</param>
/// <param name="Warmth">Mean of red less blue, in [-1, 1].</param>
/// <param name="Asymmetry">Mean difference from the mirror image (left to right), as a share of what unrelated halves would differ by; 0 is a mirror.</param>
internal readonly record struct PictureStatistics(
    double Contrast, double Brightness, double Detail, double Chroma, double Warmth, double Asymmetry)
{
    /// <summary>Share of the pixels that are nearly black or nearly white, where nothing can be told apart.</summary>
    public double Clipped { get; init; }

    /// <summary>Side of the thumbnail that genomes are measured and compared by, in pixels.</summary>
    public const int ThumbnailSide = 32;

    /// <summary>The statistics of a square picture: rows from the top, four bytes a pixel.</summary>
    public static PictureStatistics Of(ReadOnlySpan<byte> rgba, int side)
    {
        var luma = new double[side * side];
        double sum = 0, squares = 0, chroma = 0, warmth = 0;
        var clipped = 0;
        for (var pixel = 0; pixel < luma.Length; pixel++)
        {
            double red = rgba[pixel * 4] / 255.0, green = rgba[(pixel * 4) + 1] / 255.0, blue = rgba[(pixel * 4) + 2] / 255.0;
            var value = (0.2126 * red) + (0.7152 * green) + (0.0722 * blue);
            luma[pixel] = value;
            sum += value;
            squares += value * value;
            clipped += value is < 0.03 or > 0.97 ? 1 : 0;
            chroma += Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue));
            warmth += red - blue;
        }

        var mean = sum / luma.Length;
        var contrast = Math.Sqrt(Math.Max((squares / luma.Length) - (mean * mean), 0));
        double steps = 0, mirrored = 0;
        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var value = luma[(row * side) + column];
                steps += column > 0 ? Math.Abs(value - luma[(row * side) + column - 1]) : 0;
                steps += row > 0 ? Math.Abs(value - luma[((row - 1) * side) + column]) : 0;
                mirrored += Math.Abs(value - luma[(row * side) + side - 1 - column]);
            }
        }

        return new PictureStatistics(
            contrast,
            mean,
            steps / (2.0 * side * (side - 1)),
            chroma / luma.Length,
            warmth / luma.Length,
            mirrored / luma.Length / (1.128 * Math.Max(contrast, 1e-6)))
        {
            Clipped = (double)clipped / luma.Length,
        };
    }
}
