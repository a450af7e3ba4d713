using System.Globalization;
using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>What a request cost in a world of that size: processor time of the servers and the database, in microseconds.</summary>
/// <param name="Series">What grew.</param>
internal sealed record GrowthMeasurement(string Series, long Size, string Work, double Cpu, double ServersCpu, double DatabaseCpu, double PerSecond);

/// <summary>What a request costs as the world grows: sessions that the ledger knows, artworks in the catalogue, silos. Each series is one race of its sizes.</summary>
internal static class GrowthBench
{
    private static readonly string[] WorksMade = ["w", "r"];

    public static async Task RunAsync(RaceOptions options)
    {
        options = options with { Works = WorksMade };
        var growth = new List<GrowthMeasurement>();
        await MeasureAsync("sessions known", [1_000, 100_000, 1_000_000], (size, postgres) =>
            ArtFreshContestant.OnPostgres(new World(5_000, 200_000, OtherSessions: size), postgres, Name(size)));
        await MeasureAsync("artworks", [10_000, 100_000, 1_000_000], (size, postgres) =>
            ArtFreshContestant.OnPostgres(new World(5_000, size), postgres, Name(size)));
        await MeasureAsync("silos", [1, 2, 3], (size, postgres) =>
            // A silo more is for so many more who wait: each writer's groups are of those that wait for it.
            ArtFreshContestant.Cluster(new World(5_000, 200_000), postgres, size, Name(size), connectionsTimes: size));
        await RaceBench.WriteJsonAsync(options.Json, growth);

        async Task MeasureAsync(string series, int[] sizes, Func<int, PostgresServer, Contestant> make)
        {
            if (options.Only.Length > 0 && !options.Only.Contains(series))
            {
                return;
            }

            using var postgres = Race.StartPostgres();
            await using var race = new Race([.. sizes.Select(size => make(size, postgres))], options, postgres);
            var measurements = await race.RunAsync();
            var table = new Table().Title($"{series}: processor time a request, us").AddColumns(series, "W: servers", "database", "beside the smallest", "R: servers", "database", "beside the smallest");
            foreach (var size in sizes)
            {
                var row = WorksMade.Select(work => Of(measurements, series, size, work)).ToArray();
                growth.AddRange(row);
                table.AddRow([Name(size), .. row.SelectMany(cost =>
                    new[] { $"{cost.ServersCpu:0}", $"{cost.DatabaseCpu:0}", (cost.Cpu / growth.First(first => first.Series == series && first.Work == cost.Work).Cpu).ToString("0.00", CultureInfo.InvariantCulture) })]);
            }

            AnsiConsole.Write(table);
        }
    }

    private static GrowthMeasurement Of(IReadOnlyList<Measurement> measurements, string series, int size, string work)
    {
        var runs = measurements.Where(run => run.Contestant == Name(size) && run.Work == work).ToArray();
        double Servers(Measurement run) => run.Cpu.Where(part => RaceTable.IsOwn(part.Key)).Sum(part => part.Value);
        return new GrowthMeasurement(
            series, size, work,
            RaceTable.Median(runs, run => Servers(run) + run.Cpu["PostgreSQL"]), RaceTable.Median(runs, Servers), RaceTable.Median(runs, run => run.Cpu["PostgreSQL"]),
            RaceTable.Median(runs, run => run.Load.PerSecond));
    }

    private static string Name(int size) => size.ToString("N0", CultureInfo.InvariantCulture);
}
