using System.Globalization;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class BackfillTimesTests
{
    [Theory]
    [InlineData("2020-05-01", null, "2020-05-01T00:00:00Z")]
    [InlineData("2020-05-01T12:30", null, "2020-05-01T12:30:00Z")]
    [InlineData("2020-05-01T12:30:15Z", null, "2020-05-01T12:30:15Z")]
    [InlineData("2020-05-01T12:30:15.1234567+02:00", null, "2020-05-01T10:30:15.1234567Z")]
    [InlineData("2020-05-01 12:30:15.5", null, "2020-05-01T12:30:15.5Z")]
    [InlineData("2020-05-01 12:30:15+02", null, "2020-05-01T10:30:15Z")]
    [InlineData("2020-05-01 12:30:15 UTC", null, "2020-05-01T12:30:15Z")]
    [InlineData("1588334400", null, "2020-05-01T12:00:00Z")]
    [InlineData("1588334400000", null, "2020-05-01T12:00:00Z")]
    [InlineData("1588334400", "unix-seconds", "2020-05-01T12:00:00Z")]
    [InlineData("999999999", "unix-seconds", "2001-09-09T01:46:39Z")]
    [InlineData("03/04/2020", "dd/MM/yyyy", "2020-04-03T00:00:00Z")]
    public void TimeIsRead(string text, string? format, string time)
    {
        Assert.True(new BackfillTimes(new BackfillReport(null), format).TryRead(text, out var read, out var why), why);
        Assert.Equal(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), read);
    }

    [Theory]
    [InlineData("2025", null, "may mean several times")]
    [InlineData("20200501", null, "may mean several times")]
    [InlineData("999999999", null, "may mean several times")]
    [InlineData("03/04/2025", null, "may mean several times")]
    [InlineData("May 1, 2020", null, "may mean several times")]
    [InlineData("12:30", null, "may mean several times")]
    [InlineData("2020-13-01", null, "is not RFC 3339")]
    [InlineData("0000000000", null, "before 1990")]
    [InlineData("1588334400", "unix-milliseconds", "is read as 1970-01-19, before 1990")]
    [InlineData("2020-05-01", "unix-seconds", "is not a time of the format unix-seconds")]
    [InlineData("2020-05-01", "dd/MM/yyyy", "is not a time of the format dd/MM/yyyy")]
    [InlineData(null, null, "is empty")]
    public void AmbiguousTimeIsRefused(string? text, string? format, string reason)
    {
        Assert.False(new BackfillTimes(new BackfillReport(null), format).TryRead(text, out _, out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }
}
