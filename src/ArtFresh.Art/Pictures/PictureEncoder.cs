using System.Runtime.InteropServices;
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

        // Without an alpha channel the file is an eighth smaller. As little-endian integers, opaque pixels are those from 0xFF000000 up.
        var isOpaque = !MemoryMarshal.Cast<byte, uint>(rgba).ContainsAnyInRange(0u, 0xFEFFFFFFu);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, isOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
        rgba.CopyTo(bitmap.GetPixelSpan());
        using var pixels = bitmap.PeekPixels();

        // Level 6 takes three times as long, for a tenth of the size.
        using var file = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub | SKPngEncoderFilterFlags.Up, 4))
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
