using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>
/// The fault run, and beside it a run for each plant: they wait more than they compute. The fault run restarts its database, so that it has one of its own.
/// </summary>
public sealed class FaultRuns : IAsyncDisposable
{
    private const string Sound = "";
    private const int AtOnce = 3;

    /// <summary>A plant does harm only where the load meets it at the wrong moment: a run in which it met none shows nothing of the checker.</summary>
    private const int PlantedRunsMax = 3;

    /// <summary>In the short form each harm is done once, to a quarter of the listeners.</summary>
    private static readonly (double Minutes, int Listeners) Size = LongForm.IsOn ? (2, 240) : (0.1, 60);

    private readonly SideBySide<FaultRunResult> _runs = new([Sound, .. Plants.All.Select(plant => plant.Name)], AtOnce, RunAsync);

    /// <summary>The seed of the run without a plant.</summary>
    internal static int Seed { get; } = Random.Shared.Next(1_000_000);

    /// <summary>A run of servers with nothing planted.</summary>
    internal Task<FaultRunResult> OfSound() => _runs.Of(Sound);

    internal Task<FaultRunResult> Of(string plant) => _runs.Of(plant);

    public ValueTask DisposeAsync() => _runs.DisposeAsync();

    private static async Task<FaultRunResult> RunAsync(string name)
    {
        if (name == Sound)
        {
            return await FaultRun.RunAsync(new FaultRunSettings(FaultPlan.Make(Size.Minutes, Seed, 3, 2), Seed, Listeners: Size.Listeners), _ => { });
        }

        for (var seed = 1; ; seed++)
        {
            var plant = Plants.All.Single(known => known.Name == name);
            var result = await FaultRun.RunAsync(Plants.SettingsFor(name, seed), _ => { }, PostgresServer.Shared);
            if (seed == PlantedRunsMax || result.Verdicts.Any(verdict => verdict.Promise == plant.Breaks && !verdict.Holds))
            {
                return result;
            }

            Directory.Delete(result.Folder, recursive: true);
        }
    }
}

[CollectionDefinition(nameof(FaultRuns), DisableParallelization = true)]
public sealed class FaultRunsGroup : ICollectionFixture<FaultRuns>;
