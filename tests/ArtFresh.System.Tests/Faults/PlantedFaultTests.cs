using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>The checker is checked: each fault that is planted in the ledger breaks the promise that it is about.</summary>
[Collection(nameof(FaultRuns))]
public sealed class PlantedFaultTests(FaultRuns runs)
{
    public static TheoryData<string> Planted => [.. Plants.All.Select(plant => plant.Name)];

    [Theory, MemberData(nameof(Planted))]
    public async Task PlantedFaultIsFound(string plant)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");

        var result = await runs.Of(plant);

        var broken = result.Verdicts.Where(verdict => !verdict.Holds).Select(verdict => verdict.Promise).ToArray();
        Assert.Contains(Plants.All.Single(known => known.Name == plant).Breaks, broken);
        Directory.Delete(result.Folder, recursive: true);
    }
}
