using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>The checker is checked: each fault that is planted in the ledger breaks the promise that it is about.</summary>
public sealed class PlantedFaultTests(PlantedRuns runs) : IClassFixture<PlantedRuns>
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

/// <summary>A cluster for each plant, all on one PostgreSQL.</summary>
public sealed class PlantedRuns : IAsyncDisposable
{
    private const int AtOnce = 2;

    private readonly Lazy<PostgresServer> _postgres = new(() => PostgresServer.Start());
    private readonly SideBySide<FaultRunResult> _runs;

    public PlantedRuns() => _runs = new([.. Plants.All.Select(plant => plant.Name)], AtOnce, plant => FaultRun.RunAsync(Plants.SettingsFor(plant, seed: 1), _ => { }, _postgres.Value));

    internal Task<FaultRunResult> Of(string plant) => _runs.Of(plant);

    public async ValueTask DisposeAsync()
    {
        await _runs.DisposeAsync();
        if (_postgres.IsValueCreated)
        {
            _postgres.Value.Dispose();
        }
    }
}
