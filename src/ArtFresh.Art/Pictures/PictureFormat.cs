using System.Buffers.Binary;

namespace ArtFresh.Art;

/// <summary>The formats of pictures that are read or stored.</summary>
public enum PictureFormat
{
    /// <summary>Another format.</summary>
    Unknown,

    /// <summary>Portable Network Graphics (W3C PNG, section 5.2: signature).</summary>
    Png,

    /// <summary>JPEG (ITU-T T.81: starts with the markers SOI and any other).</summary>
    Jpeg,

    /// <summary>WebP (RFC 9649, section 2.4: RIFF container of form WEBP).</summary>
    Webp,

    /// <summary>Scalable Vector Graphics, as plain text.</summary>
    Svg,
}

/// <summary>Detects a picture's format by its first bytes: file names and content types can be wrong.</summary>
public static class PictureSignature
{
    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The format of <paramref name="bytes"/>. SVG is assumed for anything that starts like XML; only a parser can tell.</summary>
    public static PictureFormat FormatOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Png))
        {
            return PictureFormat.Png;
        }

        if (bytes.Length > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF)
        {
            return PictureFormat.Jpeg;
        }

        if (bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return PictureFormat.Webp;
        }

        return StartsLikeXml(bytes) ? PictureFormat.Svg : PictureFormat.Unknown;
    }

    /// <summary>The media type of <paramref name="format"/> (IANA registry).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The format is <see cref="PictureFormat.Unknown"/>.</exception>
    public static string MediaTypeOf(PictureFormat format) => format switch
    {
        PictureFormat.Png => "image/png",
        PictureFormat.Jpeg => "image/jpeg",
        PictureFormat.Webp => "image/webp",
        PictureFormat.Svg => "image/svg+xml",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "An unknown format has no media type."),
    };

    private static bool StartsLikeXml(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(bytes) is 0xFEFF or 0xFFFE)
        {
            return true;
        }

        var text = bytes.StartsWith(Utf8Mark) ? bytes[3..] : bytes;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
    }
}
