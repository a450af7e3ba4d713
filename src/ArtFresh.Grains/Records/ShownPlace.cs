using System.Globalization;

namespace ArtFresh.Grains.Records;

/// <summary>A place in what a listener was shown, from the newest back: a session, one of its batches, and how many of that batch's impressions are still to come.</summary>
internal readonly record struct ShownPlace(Guid SessionId, long BatchNumber, int Impressions)
{
    /// <summary>Before the first impression of a session.</summary>
    public static ShownPlace NewestOf(Guid sessionId) => new(sessionId, long.MaxValue, int.MaxValue);

    public static bool TryParse(string text, out ShownPlace place)
    {
        place = default;
        var parts = text.Split('.');
        if (parts.Length != 3 || !Guid.TryParseExact(parts[0], "N", out var sessionId) || !TryRead(parts[1], out var batch) || !TryRead(parts[2], out var impressions))
        {
            return false;
        }

        place = new ShownPlace(sessionId, batch, (int)Math.Min(impressions, int.MaxValue));
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SessionId:N}.{BatchNumber}.{Impressions}");

    /// <summary>Reads a number of a place: digits alone.</summary>
    public static bool TryRead(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
