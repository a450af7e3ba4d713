using System.Buffers.Binary;
using System.Text;
using NetVips;

namespace ArtFresh.Art.Tests;

/// <summary>Pictures made for a test.</summary>
internal static class Samples
{
    static Samples() => VipsSandbox.Enter();

    /// <summary>A picture with something to see: a sweep from one colour to another, left to right.</summary>
    public static Image Sweep(int width, int height, byte[]? from = null, byte[]? to = null)
    {
        var (first, last) = (from ?? [250, 180, 60], to ?? [30, 60, 140]);
        var pixels = new byte[width * height * first.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var along = i / first.Length % width / (double)Math.Max(1, width - 1);
            pixels[i] = (byte)((first[i % first.Length] * (1 - along)) + (last[i % first.Length] * along));
        }

        return Image.NewFromMemory(pixels, width, height, first.Length, Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    public static byte[] Png(int width, int height)
    {
        using var sweep = Sweep(width, height);
        return sweep.PngsaveBuffer();
    }

    public static byte[] FlatPng(int side)
    {
        using var flat = Sweep(side, side, [10, 200, 30], [10, 200, 30]);
        return flat.PngsaveBuffer();
    }

    /// <summary>A PNG whose header says that it is far larger than its body.</summary>
    public static byte[] PngThatClaims(int width, int height)
    {
        var png = Png(8, 8);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));
        return png;
    }

    public static byte[] Svg(string content, string attributes = "width='100' height='100'", string prologue = "") =>
        Encoding.UTF8.GetBytes($"{prologue}<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {attributes}>{content}</svg>");

    /// <summary>The mean of each colour band over a picture.</summary>
    public static double[] MeanOf(byte[] picture)
    {
        using var image = Image.NewFromBuffer(picture);
        return MeanOf(image);
    }

    public static double[] MeanOf(Image image) => [.. Enumerable.Range(0, image.Bands).Select(band =>
    {
        using var one = image.ExtractBand(band);
        return one.Avg();
    })];

    // CRC-32 as in the PNG specification, annex D.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }
}
