using System.Globalization;

namespace ArtFresh.Server;

/// <summary>An impression of a system before this one.</summary>
/// <param name="Where">Where it was read, for people.</param>
internal sealed record BackfillRow(string Where, string Listener, string Artwork, DateTimeOffset ViewedAt)
{
    /// <summary>A time as other systems write it: RFC 3339 (UTC where it names no zone), or milliseconds since the Unix epoch.</summary>
    public static bool TryReadTime(object? value, out DateTimeOffset time)
    {
        switch (value)
        {
            case DateTime moment:
                time = new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc));
                return true;
            case DateTimeOffset moment:
                time = moment.ToUniversalTime();
                return true;
            case long or int:
                return TryReadMilliseconds(Convert.ToInt64(value, CultureInfo.InvariantCulture), out time);
            case string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds):
                return TryReadMilliseconds(milliseconds, out time);
            case string text:
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
            default:
                time = default;
                return false;
        }
    }

    private static bool TryReadMilliseconds(long milliseconds, out DateTimeOffset time)
    {
        var isTime = milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        time = isTime ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
        return isTime;
    }
}

/// <summary>Where the impressions of a system before this one are read.</summary>
internal interface IBackfillSource
{
    /// <summary>How many rows there are, or about as many.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>The rows, one by one.</summary>
    /// <param name="onBadRow">Told where, and why, of each that cannot be read.</param>
    IAsyncEnumerable<BackfillRow> ReadAsync(Action<string, string> onBadRow, CancellationToken cancellationToken);
}
