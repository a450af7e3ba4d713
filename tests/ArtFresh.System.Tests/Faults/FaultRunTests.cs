using System.Globalization;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

[Collection(nameof(FaultRuns))]
public sealed class FaultRunTests(FaultRuns runs)
{
    [Fact]
    public async Task EveryPromiseHoldsWhateverIsDoneToTheCluster()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var result = await runs.OfSound();

        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {FaultRuns.Seed}: {result.Requests} requests, {result.TriedAgain} tried again, {result.Served} served, longest waits in ms: {string.Join(", ", result.LongestWaitsMs)}"));
        Assert.True(result.Holds, $"seed {FaultRuns.Seed}, {result.Folder}\n{string.Join('\n', result.Verdicts.SelectMany(verdict => verdict.Broken.Take(5).Select(broken => $"{verdict.Promise}: {broken}")))}");
        Assert.Equal(Enum.GetNames<Harm>().Order(), result.Harms.Keys.Order());
        Assert.True(result.Served > 1_000, $"{result.Served} artworks were served: that is no load.");
        Directory.Delete(result.Folder, recursive: true);
    }
}
