using System.Buffers.Binary;
using System.IO.Hashing;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>
/// Marks pictures with what made them and whose they are, as XMP (ISO 16684-1) in the file: adds a chunk to the container and leaves the pixels as they are. An encoder would
/// lose some of a WebP's quality each time.
/// </summary>
public static class PictureMarks
{
    private const byte WebpHasXmp = 0x04;
    private const byte WebpHasAlpha = 0x10;
    private const int RiffHeaderLength = 12;
    private const int PngHeaderLength = 33;

    /// <summary>The picture with its artwork's mark. A format other than PNG and WebP is returned as it is.</summary>
    public static byte[] Mark(byte[] picture, Artwork artwork)
    {
        ArgumentNullException.ThrowIfNull(artwork);
        return PictureSignature.FormatOf(picture) switch
        {
            PictureFormat.Png => MarkPng(picture, CreditPacket.Of(artwork)),
            PictureFormat.Webp => MarkWebp(picture, CreditPacket.Of(artwork)),
            _ => picture,
        };
    }

    /// <summary>W3C PNG, section 11.3.3.4: an iTXt chunk, uncompressed, after the header.</summary>
    private static byte[] MarkPng(byte[] png, byte[] xmp)
    {
        byte[] content = [.. "iTXtXML:com.adobe.xmp"u8, 0, 0, 0, 0, 0, .. xmp];
        var marked = new byte[png.Length + content.Length + 8];
        png.AsSpan(0, PngHeaderLength).CopyTo(marked);
        var chunk = marked.AsSpan(PngHeaderLength);
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length - 4);
        content.CopyTo(chunk[4..]);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[(4 + content.Length)..], Crc32.HashToUInt32(content));
        png.AsSpan(PngHeaderLength).CopyTo(chunk[(8 + content.Length)..]);
        return marked;
    }

    /// <summary>RFC 9649, section 2.7: the extended form, with the XMP chunk at the end.</summary>
    private static byte[] MarkWebp(byte[] webp, byte[] xmp)
    {
        using var marked = new MemoryStream(webp.Length + xmp.Length + 64);
        marked.Write(webp.AsSpan(0, RiffHeaderLength));
        var rest = webp.AsSpan(RiffHeaderLength);
        if (!rest.StartsWith("VP8X"u8))
        {
            marked.Write(ExtendedHeader(webp));
        }

        while (rest.Length >= 8)
        {
            var length = Math.Min(rest.Length, 8 + (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]));
            var padded = Math.Min(rest.Length, length + (length & 1));
            var start = (int)marked.Position;
            if (!rest.StartsWith("XMP "u8))
            {
                marked.Write(rest[..padded]);
            }

            if (rest.StartsWith("VP8X"u8))
            {
                marked.GetBuffer()[start + 8] |= WebpHasXmp;
            }

            rest = rest[padded..];
        }

        WriteChunk(marked, "XMP "u8, xmp);
        var bytes = marked.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)bytes.Length - 8);
        return bytes;
    }

    private static byte[] ExtendedHeader(byte[] webp)
    {
        VipsSandbox.Enter();
        using var header = NetVips.Image.NewFromBuffer(webp, access: NetVips.Enums.Access.Sequential);
        var chunk = new byte[18];
        "VP8X"u8.CopyTo(chunk);
        chunk[4] = 10;
        chunk[8] = (byte)(WebpHasXmp | (header.HasAlpha() ? WebpHasAlpha : 0));
        WriteSide(chunk.AsSpan(12), header.Width);
        WriteSide(chunk.AsSpan(15), header.Height);
        return chunk;

        static void WriteSide(Span<byte> to, int side) => (to[0], to[1], to[2]) = ((byte)(side - 1), (byte)((side - 1) >> 8), (byte)((side - 1) >> 16));
    }

    private static void WriteChunk(Stream to, ReadOnlySpan<byte> name, byte[] content)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        to.Write(name);
        to.Write(length);
        to.Write(content);
        if ((content.Length & 1) == 1)
        {
            to.WriteByte(0);
        }
    }
}
