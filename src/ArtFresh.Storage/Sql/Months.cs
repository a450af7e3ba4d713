using System.Globalization;

namespace ArtFresh.Storage.Sql;

/// <summary>Months as ranges of ids: a session's id is a version 7 UUID, which begins with the milliseconds of its opening.</summary>
internal static class Months
{
    /// <summary>The first moment of the month that has a moment, UTC.</summary>
    public static DateTimeOffset FirstOf(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>The smallest id of a session that is opened at a moment or later.</summary>
    public static Guid FirstIdOf(DateTimeOffset moment)
    {
        var digits = moment.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return Guid.ParseExact($"{digits[..8]}-{digits[8..]}-0000-0000-000000000000", "D");
    }

    /// <summary>When the session of an id was opened.</summary>
    public static DateTimeOffset OpeningOf(Guid sessionId) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(sessionId.ToString("N")[..12], NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>Whether a month is the present one, the one before it, or to come: its sessions may still deliver.</summary>
    public static bool IsYoung(DateTimeOffset month, DateTimeOffset now) => FirstOf(month).AddMonths(2) > FirstOf(now);

    /// <exception cref="InvalidOperationException">Sessions of the month may still deliver.</exception>
    public static void RefuseYoung(DateTimeOffset month, DateTimeOffset now)
    {
        if (IsYoung(month, now))
        {
            throw new InvalidOperationException($"{month:yyyy-MM} cannot be dropped yet: sessions of the current and the previous month may still deliver.");
        }
    }
}
