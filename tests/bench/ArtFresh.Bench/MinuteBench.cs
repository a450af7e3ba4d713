using System.Globalization;
using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// The rate in some seconds after a start, as a share of the same process's rate when it is warm. The load begins when the server says that it is ready, and never
/// pauses. Listeners come in groups, so that reading their sessions is spread over the time.
/// </summary>
internal static class MinuteBench
{
    private const int Connections = 64;

    /// <summary>Listeners of a load thread who are there at once: as many as it has connections, and as many again.</summary>
    private const int Window = 64;

    /// <summary>After the last second that is looked at: the warm rate is their median.</summary>
    private const int WarmSeconds = 8;

    /// <summary>Requests that a listener makes before another comes. A session of so many batches is read in a few milliseconds.</summary>
    private const int Each = 100;

    private static readonly (int Second, double Aim)[] Aims = [(1, 0.50), (5, 0.75), (15, 0.90), (60, 1.00)];

    /// <summary>A minute's last seconds may be a little slower than those after them by chance.</summary>
    private const double Chance = 0.03;

    public static async Task<IReadOnlyList<Figure>> RunAsync(RaceOptions options)
    {
        var looked = options.IsQuick ? Aims[..3] : Aims;
        var published = await PublishedServer.FindAsync(options.Server);
        var figures = new List<Figure> { new("published for one platform, without the page", $"{published.Megabytes:0} MB", "90 MB", published.Megabytes <= 90) };
        var runs = new List<(string Name, string Work, double Warm, double[] Shares)>();
        for (var round = 0; round < options.Rounds; round++)
        {
            using var postgres = Race.StartPostgres();
            foreach (var make in MakersOf(options, postgres, published, round))
            {
                await using var contestant = make();
                await contestant.StartAsync(["w"]);
                await BenchDatabase.ExecuteAsync(postgres.Maintenance, "checkpoint");
                foreach (var work in options.Works.Intersect(["w", "r"]))
                {
                    await contestant.RestartAsync();
                    var load = await Wrk.RunAsync(contestant.Address, work, contestant.WorldOf(work), 0, Connections, looked[^1].Second + WarmSeconds + 1, Window, Each);
                    var run = (contestant.Name, Title(work), WarmOf(load, looked[^1].Second), SharesOf(load, looked));
                    runs.Add(run);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Name}, {run.Item2}, each second from the first: {string.Join(' ', load.EachSecond!)}; refused {load.Refused}, broken {load.Broken}"));
                }
            }
        }

        Write(runs, looked);
        var own = runs.Where(run => run.Name == runs[0].Name).GroupBy(run => run.Work);
        figures.AddRange(own.SelectMany(work => looked.Select((look, i) => FigureOf(work.Key, look, RaceTable.Median(work, run => run.Shares[i])))));
        return figures;
    }

    private static IEnumerable<Func<ArtFreshContestant>> MakersOf(RaceOptions options, PostgresServer postgres, PublishedServer published, int round)
    {
        // Enough listeners for a load that never pauses: none comes twice.
        var world = new World(options.IsQuick ? 6_000 : 20_000, 200_000) { Batches = Each };
        Func<ArtFreshContestant>[] makers =
        [
            () => ArtFreshContestant.OfPublished(world, postgres, published.Path),
            .. options.Variants.Select(variant => (Func<ArtFreshContestant>)(() => ArtFreshContestant.Variant(world, postgres, variant, published.Path))),
        ];
        // Each is first as often as the others.
        return makers.Skip(round % makers.Length).Concat(makers.Take(round % makers.Length));
    }

    private static double WarmOf(Load load, int last) => RaceTable.Median(load.EachSecond!.Skip(last).Take(WarmSeconds), rate => rate);

    private static double[] SharesOf(Load load, (int Second, double Aim)[] looked) =>
        [.. looked.Select(look => load.EachSecond![look.Second - 1] / WarmOf(load, looked[^1].Second))];

    private static void Write(List<(string Name, string Work, double Warm, double[] Shares)> runs, (int Second, double Aim)[] looked)
    {
        var table = new Table().Title("rate after a start, as a share of the warm rate").AddColumns(["", "work", "warm rate", .. looked.Select(look => $"second {look.Second}")]);
        foreach (var group in runs.GroupBy(run => (run.Name, run.Work)))
        {
            table.AddRow([
                group.Key.Name, group.Key.Work, $"{RaceTable.Median(group, run => run.Warm):N0}/s",
                .. looked.Select((_, i) => $"{RaceTable.Median(group, run => run.Shares[i]):0%}{(group.Count() > 1 ? $" ({group.Min(run => run.Shares[i]):0%} to {group.Max(run => run.Shares[i]):0%})" : "")}")]);
        }

        AnsiConsole.Write(table);
    }

    private static Figure FigureOf(string work, (int Second, double Aim) look, double share) =>
        new($"{work} in second {look.Second} after a start, of the warm rate", $"{share:0%}", $"{look.Aim:0%}", share >= look.Aim - (look.Aim == 1 ? Chance : 0));

    private static string Title(string work) => work == "w" ? "W" : "R";
}
