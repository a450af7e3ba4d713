namespace ArtFresh.SystemTests.Faults;

/// <summary>A fault planted in the servers, the harm that brings it out, and the promise that it breaks.</summary>
internal sealed record Plant(string Name, IReadOnlyList<Harm> Harms, int Times, string Breaks);

/// <summary>The faults that the checker must find.</summary>
internal static class Plants
{
    private const int Silos = 2;
    private const int FrontEnds = 1;
    private const int Listeners = 24;

    public static IReadOnlyList<Plant> All { get; } =
    [
        new("acknowledge-before-commit", [Harm.KillSilo], 2, Checker.Kept),
        new("skip-listener-write", [Harm.KillSilo], 2, Checker.NeverTwice),
        new("drop-fence", [Harm.FreezeSilo], 3, Checker.NeverTwice),
        new("viewed-at-apart", [Harm.KillSilo], 1, Checker.Viewed),
        new("count-replay-twice", [], 0, Checker.Counted),
    ];

    /// <summary>A short run that brings the planted fault out.</summary>
    public static FaultRunSettings SettingsFor(string name, int seed)
    {
        var plant = All.Single(known => known.Name == name);
        return new FaultRunSettings(
            FaultPlan.Repeat(plant.Harms, plant.Times, seed, Silos, FrontEnds), seed, Silos, FrontEnds, Listeners, TimeSpan.FromSeconds(0.4), IsRestless: true, name);
    }
}
