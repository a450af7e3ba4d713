using SkiaSharp;

namespace ArtFresh.Art;

/// <summary>Writes pixels as picture files.</summary>
public static class PictureEncoder
{
    /// <summary>A PNG file of the pixels: rows from the top, four bytes a pixel (red, green, blue, alpha not premultiplied).</summary>
    /// <exception cref="ArgumentException">The pixels are not width × height × 4 bytes.</exception>
    public static byte[] EncodePng(ReadOnlySpan<byte> rgba, int width, int height)
    {
        if (width <= 0 || height <= 0 || rgba.Length != (long)width * height * 4)
        {
            throw new ArgumentException($"{rgba.Length} bytes are not a picture of {width} by {height} pixels.", nameof(rgba));
        }

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        rgba.CopyTo(bitmap.GetPixelSpan());
        using var pixels = bitmap.PeekPixels();
        using var file = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub | SKPngEncoderFilterFlags.Up, 6))
            ?? throw new InvalidOperationException("The PNG encoder refused the picture.");
        return file.ToArray();
    }

    /// <summary>A JPEG file of the pixels, alpha ignored; quality from 1 to 100.</summary>
    /// <exception cref="ArgumentException">The pixels are not width × height × 4 bytes.</exception>
    public static byte[] EncodeJpeg(ReadOnlySpan<byte> rgba, int width, int height, int quality)
    {
        if (width <= 0 || height <= 0 || rgba.Length != (long)width * height * 4)
        {
            throw new ArgumentException($"{rgba.Length} bytes are not a picture of {width} by {height} pixels.", nameof(rgba));
        }

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        rgba.CopyTo(bitmap.GetPixelSpan());
        using var pixels = bitmap.PeekPixels();
        using var file = pixels.Encode(new SKJpegEncoderOptions(quality))
            ?? throw new InvalidOperationException("The JPEG encoder refused the picture.");
        return file.ToArray();
    }
}
