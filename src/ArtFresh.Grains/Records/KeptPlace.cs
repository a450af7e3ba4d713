using System.Globalization;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Records;

/// <summary>A place in what a listener keeps, from the last kept back, as text.</summary>
internal static class KeptPlace
{
    private static readonly long MillisecondsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static string ToText(KeptArtwork place) => string.Create(CultureInfo.InvariantCulture, $"{place.KeptAt.ToUnixTimeMilliseconds()}.{place.ArtworkId}");

    public static bool TryParse(string text, out KeptArtwork place)
    {
        place = default;
        var parts = text.Split('.');
        if (parts.Length != 2 || !ShownPlace.TryRead(parts[0], out var keptAt) || !ShownPlace.TryRead(parts[1], out var artworkId) || keptAt > MillisecondsMax)
        {
            return false;
        }

        place = new KeptArtwork(artworkId, DateTimeOffset.FromUnixTimeMilliseconds(keptAt));
        return true;
    }
}
