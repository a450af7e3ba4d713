using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>Requests for art of three silos whose listeners all have the same mood, beside the same with moods spread over the grid. One grain reads the art of a mood.</summary>
internal static class HotBench
{
    private const int Silos = 3;
    private const string Work = "r";

    /// <summary>Of the rate with spread moods.</summary>
    private const double ShareMin = 0.9;

    public static async Task<IReadOnlyList<Figure>> RunAsync(RaceOptions options)
    {
        options = options with { Works = [Work], Connections = [64] };
        using var postgres = Race.StartPostgres();
        var world = new World(options.IsQuick ? 2_000 : 5_000, 200_000) { Batches = 1 };
        var spread = ArtFreshContestant.Cluster(world, postgres, Silos, "moods spread");
        var hot = ArtFreshContestant.Cluster(world with { IsOfOneMood = true }, postgres, Silos, "one mood");
        await using var race = new Race([spread, hot], options, postgres);
        var measurements = await race.RunAsync();
        var table = new Table().Title("R of three silos").AddColumns("", "requests/s", "servers and database, us a request");
        foreach (var group in measurements.GroupBy(run => run.Contestant))
        {
            table.AddRow(group.Key, $"{RaceTable.Median(group, run => run.Load.PerSecond):N0}", $"{RaceTable.Median(group, Cpu):0}");
        }

        AnsiConsole.Write(table);
        // Within rounds: the machine's speed changes between them.
        var shares = measurements.GroupBy(run => run.Round).Select(round => RateOf(round, hot) / RateOf(round, spread)).ToArray();
        var share = RaceTable.Median(shares, one => one);
        return [new("R with one mood beside spread moods, three silos", $"{share:0.00} ({shares.Min():0.00} to {shares.Max():0.00})", $"{ShareMin}", share >= ShareMin)];
    }

    private static double RateOf(IEnumerable<Measurement> round, Contestant contestant) => round.Single(run => run.Contestant == contestant.Name).Load.PerSecond;

    private static double Cpu(Measurement run) => run.Cpu.Where(part => part.Key != "load").Sum(part => part.Value);
}
