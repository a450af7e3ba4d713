using System.Globalization;

namespace ArtFresh.Server;

/// <summary>An impression that another system recorded.</summary>
/// <param name="Where">The row's place in the source, for messages.</param>
internal sealed record BackfillRow(string Where, string Listener, string Artwork, DateTimeOffset ViewedAt)
{
    /// <summary>Reads a time: RFC 3339 (UTC if it has no zone), or milliseconds since the Unix epoch.</summary>
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

/// <summary>A source of impressions that another system recorded.</summary>
internal interface IBackfillSource
{
    /// <summary>The number of rows, possibly an estimate.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>The rows, one by one.</summary>
    /// <param name="onBadRow">Called with the place and the reason for each malformed row.</param>
    IAsyncEnumerable<BackfillRow> ReadAsync(Action<string, string> onBadRow, CancellationToken cancellationToken);
}
