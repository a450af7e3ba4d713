using System.Buffers.Binary;

namespace ArtFresh.Art;

/// <summary>Finds Content Credentials (a C2PA manifest store, C2PA Technical Specification 2.2, appendix A.3) in a picture file. Does not validate them.</summary>
public static class ContentCredentials
{
    private const byte JpegApp11 = 0xEB;
    private const byte JpegStartOfScan = 0xDA;

    /// <summary>Whether the file has a manifest store where its format keeps it: a chunk <c>caBX</c> (PNG) or <c>C2PA</c> (WebP), or JUMBF in APP11 (JPEG).</summary>
    public static bool AreIn(ReadOnlySpan<byte> picture) => PictureSignature.FormatOf(picture) switch
    {
        PictureFormat.Png => HasChunk(picture[8..], "caBX"u8, isPng: true),
        PictureFormat.Webp => HasChunk(picture[12..], "C2PA"u8, isPng: false),
        PictureFormat.Jpeg => HasSegment(picture[2..]),
        _ => false,
    };

    private static bool HasChunk(ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> name, bool isPng)
    {
        while (chunks.Length >= 8)
        {
            var length = isPng ? BinaryPrimitives.ReadUInt32BigEndian(chunks) : BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            if (chunks[(isPng ? 4 : 0)..].StartsWith(name))
            {
                return true;
            }

            // A PNG's chunk ends with a checksum, a WebP's is padded to an even length.
            var whole = isPng ? 12L + length : 8L + length + (length & 1);
            chunks = whole < chunks.Length ? chunks[(int)whole..] : [];
        }

        return false;
    }

    private static bool HasSegment(ReadOnlySpan<byte> segments)
    {
        while (segments.Length >= 4 && segments[0] == 0xFF && segments[1] != JpegStartOfScan)
        {
            var whole = 2 + BinaryPrimitives.ReadUInt16BigEndian(segments[2..]);
            var segment = segments[..Math.Min(whole, segments.Length)];
            if (segment[1] == JpegApp11 && segment.IndexOf("jumb"u8) >= 0 && segment.IndexOf("c2pa"u8) >= 0)
            {
                return true;
            }

            segments = segments[segment.Length..];
        }

        return false;
    }
}
