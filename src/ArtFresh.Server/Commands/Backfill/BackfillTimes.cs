using System.Globalization;

namespace ArtFresh.Server;

/// <summary>
/// Reads another system's times. Without a format: RFC 3339 or an ISO date (UTC if there is no zone), 10 digits as seconds and 13 digits as milliseconds since the Unix epoch.
/// Whatever may mean two things is refused.
/// </summary>
/// <param name="report">Counts the times that are read.</param>
/// <param name="format">unix-seconds, unix-milliseconds, or a format string of .NET, such as dd/MM/yyyy HH:mm; null for the above.</param>
internal sealed class BackfillTimes(BackfillReport report, string? format)
{
    public const string UnixSeconds = "unix-seconds";
    public const string UnixMilliseconds = "unix-milliseconds";

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>No music was streamed before: the format is another one.</summary>
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // FFFFFFF reads a fraction of up to seven digits, K an offset, Z or nothing, zz an offset in hours.
    private static readonly string[] Iso =
    [
        "yyyy-MM-dd",
        .. from separator in new[] { "'T'", "' '", "'t'" }
           from time in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" }
           from zone in new[] { "K", "' UTC'", "zz" }
           select $"yyyy-MM-dd{separator}{time}{zone}",
    ];

    /// <summary>Reads a value of a CSV (a text) or of a database.</summary>
    /// <param name="why">Why it is not read.</param>
    public bool TryRead(object? value, out DateTimeOffset time, out string why)
    {
        if (!TryReadAny(value, out time, out why))
        {
            return false;
        }

        if (time < Earliest)
        {
            why = string.Create(CultureInfo.InvariantCulture, $"'{value}' is read as {time:yyyy-MM-dd}, before 1990: say --time-format");
            return false;
        }

        report.NoteTime(value!, time, why);
        return true;
    }

    private bool TryReadAny(object? value, out DateTimeOffset time, out string reading)
    {
        switch (value)
        {
            case DateTime moment:
                (time, reading) = (new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc)), "a time of the database");
                return true;
            case DateTimeOffset moment:
                (time, reading) = (moment.ToUniversalTime(), "a time of the database");
                return true;
            case DateOnly day:
                (time, reading) = (new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero), "a date of the database");
                return true;
            case long or int:
                return TryReadText(Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture), out time, out reading);
            case string text:
                return TryReadText(text, out time, out reading);
            default:
                (time, reading) = (default, "the time is empty");
                return false;
        }
    }

    private bool TryReadText(string text, out DateTimeOffset time, out string reading)
    {
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        reading = format ?? (!isNumber ? "RFC 3339" : text.Length == 10 ? UnixSeconds : text.Length == 13 ? UnixMilliseconds : "");
        switch (reading)
        {
            case "":
                (time, reading) = (default, $"'{text}' may mean several times: say --time-format");
                return false;
            case UnixSeconds or UnixMilliseconds when isNumber:
                var milliseconds = reading == UnixSeconds ? Math.Min(number, long.MaxValue / 1000) * 1000 : number;
                time = milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
                return true;
            default:
                if (format is null ? DateTimeOffset.TryParseExact(text, Iso, CultureInfo.InvariantCulture, Utc, out time)
                    : DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, Utc, out time))
                {
                    return true;
                }

                reading = format is null ? $"'{text}' is not RFC 3339, and may mean several times: say --time-format" : $"'{text}' is not a time of the format {format}";
                return false;
        }
    }
}
