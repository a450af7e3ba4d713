using ArtFresh.Contracts;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>Commands say why a figure has no value, and what is so of a release that is not counted.</summary>
public sealed class KpiAndReleaseTests
{
    /// <summary>A bound without a value beside numbers has a reason; one of nothing needs none.</summary>
    [Theory]
    [InlineData(null, 0, 300, true)]
    [InlineData(null, 4, 300, true)]
    [InlineData(null, 0, 0, false)]
    [InlineData(0.0, 0, 300, false)]
    public void BoundWithoutAValueHasAReason(double? value, long numerator, long denominator, bool hasReason)
    {
        var figure = new KpiFigure("lostAtMost", numerator, denominator, value, 0, "none");
        var other = new KpiFigure("lostAtMost", 0, 0, null, 0, "none");
        var today = new KpiDay(new DateOnly(2026, 11, 30), Observed: true, [figure]);

        Assert.Equal(hasReason, KpiCommand.HasNoBound(new KpiSummary(null, [], [figure], [])));
        Assert.Equal(hasReason, KpiCommand.HasNoBound(new KpiSummary(null, [], [other], [today])));
    }

    [Fact]
    public async Task DeliveryOfAReleaseThatIsOnlyKnownSaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-");
        try
        {
            using (var ledger = new SqliteDatabase(Path.Combine(folder.FullName, SqliteDatabase.FileName)))
            {
                ledger.Upgrade(TimeProvider.System);
            }

            string[] where = ["--reason", "test", "--data", folder.FullName];
            Assert.Equal(0, (await Tool.RunAsync(["release", "know", "r1", .. where])).ExitCode);

            var known = await Tool.RunAsync(["release", "delivery", "r1", "single", .. where]);
            var unknown = await Tool.RunAsync(["release", "delivery", "r2", "single", .. where]);

            Assert.Equal((2, 2), (known.ExitCode, unknown.ExitCode));
            Assert.Contains("Release 'r1' is known, and nothing is counted under its name yet", known.Errors, StringComparison.Ordinal);
            Assert.Contains("There is no known release 'r2'", unknown.Errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
