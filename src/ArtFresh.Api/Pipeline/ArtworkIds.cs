using System.Globalization;

namespace ArtFresh.Api;

/// <summary>Artwork ids on the wire.</summary>
internal static class ArtworkIds
{
    /// <summary>The largest integer that JavaScript holds exactly (RFC 8259, section 6).</summary>
    public const long Max = (1L << 53) - 1;

    /// <summary>Parses digits only: no sign, space or fraction.</summary>
    public static bool TryParse(string text, out long artworkId) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out artworkId) && artworkId <= Max;
}
