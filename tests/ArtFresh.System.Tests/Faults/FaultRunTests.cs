using System.Globalization;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

public sealed class FaultRunTests
{
    private const double Minutes = 2;

    [Fact]
    public async Task EveryPromiseHoldsWhateverIsDoneToTheCluster()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var seed = Random.Shared.Next(1_000_000);
        var result = await FaultRun.RunAsync(new FaultRunSettings(FaultPlan.Make(Minutes, seed, 3, 2), seed), TestContext.Current.SendDiagnosticMessage);

        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {result.Requests} requests, {result.TriedAgain} tried again, {result.Served} served, longest waits in ms: {string.Join(", ", result.LongestWaitsMs)}"));
        Assert.True(result.Holds, $"seed {seed}, {result.Folder}\n{string.Join('\n', result.Verdicts.SelectMany(verdict => verdict.Broken.Take(5).Select(broken => $"{verdict.Promise}: {broken}")))}");
        Assert.True(result.Served > 1_000, $"{result.Served} artworks were served: that is no load.");
        Directory.Delete(result.Folder, recursive: true);
    }
}
