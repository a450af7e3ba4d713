using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// The slowest requests at half of the highest rate, in an open loop, beside the fastest peer at the same rate. The highest rate is that of this run, so that the same
/// machine is half busy.
/// </summary>
internal static class TailBench
{
    private const int Connections = 64;

    /// <summary>A peer whose highest rate is less than so many times the rate has no tail at it: its queue only grows.</summary>
    private const double RoomMin = 1.1;

    private const double ThousandthsOfMs = 1_000;

    /// <summary>Milliseconds at most: p99 and p99.9.</summary>
    private static readonly Dictionary<string, (double P99, double P999)> Aims = new() { ["w"] = (10, 30), ["r"] = (3, 10) };

    public static async Task<IReadOnlyList<Figure>> RunAsync(RaceOptions options)
    {
        options = options with { Works = [.. options.Works.Intersect(Aims.Keys)] };
        var seconds = options.IsQuick ? 8 : 25;
        var published = await PublishedServer.FindAsync(options.Server);
        using var postgres = Race.StartPostgres();
        using var redis = new RedisServer();
        var world = new World(5_000, 200_000);
        var own = ArtFreshContestant.OfPublished(world, postgres, published.Path);
        var peer = PeerContestant.AspNetRedis(world, redis);
        Contestant[] contestants = [own, peer, .. options.Variants.Select(variant => ArtFreshContestant.Variant(world, postgres, variant, published.Path))];
        await using var race = new Race(contestants, options, postgres, redis);
        await race.StartAsync();
        var table = new Table().Title("open loop at half of the highest rate").AddColumns("", "work", "highest", "rate", "p50 ms", "p99 ms", "p99.9 ms", "slowest ms");
        var figures = new List<Figure>();
        foreach (var work in options.Works)
        {
            var highest = new Dictionary<Contestant, double>();
            foreach (var contestant in contestants)
            {
                highest[contestant] = await race.WarmUpAsync(contestant, work, Connections);
            }

            var runs = new List<Measurement>();
            var rate = Math.Round(highest[own] / 2);
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var contestant in race.InTurn(round).Where(one => highest[one] >= rate * RoomMin))
                {
                    runs.Add(await race.MeasureAsync(contestant, work, Connections, round, seconds, rate));
                }
            }

            foreach (var contestant in contestants)
            {
                table.AddRow([contestant.Name, work.ToUpperInvariant(), $"{highest[contestant]:N0}/s", $"{rate:N0}/s", .. Columns([.. runs.Where(run => run.Contestant == contestant.Name)])]);
            }

            figures.AddRange(FiguresOf(work, rate, [.. runs.Where(run => run.Contestant == own.Name)], [.. runs.Where(run => run.Contestant == peer.Name)]));
        }

        AnsiConsole.Write(table);
        return figures;
    }

    private static string[] Columns(Measurement[] runs) => runs.Length == 0
        ? ["", "cannot answer so many", "", ""]
        : [.. new Func<Load, double>[] { load => load.P50Us, load => load.P99Us, load => load.P999Us, load => load.MaxUs }.Select(time => $"{Ms(runs, time):0.0}")];

    private static double Ms(Measurement[] runs, Func<Load, double> time) => RaceTable.Median(runs, run => time(run.Load)) / ThousandthsOfMs;

    private static IEnumerable<Figure> FiguresOf(string work, double rate, Measurement[] own, Measurement[] peer)
    {
        var (name, aim) = ($"{work.ToUpperInvariant()} at {rate:N0}/s, open loop", Aims[work]);
        var (p99, p999) = (Ms(own, load => load.P99Us), Ms(own, load => load.P999Us));
        yield return new Figure($"{name}: p99", $"{p99:0.0} ms", $"{aim.P99} ms", p99 <= aim.P99);
        yield return new Figure($"{name}: p99.9", $"{p999:0.0} ms", $"{aim.P999} ms", p999 <= aim.P999);
        yield return peer.Length == 0
            ? new Figure($"{name}: p99 beside the fastest peer", "the peer cannot answer so many", "half", true)
            : new Figure($"{name}: p99 beside the fastest peer", $"{p99 / Ms(peer, load => load.P99Us):0.00}", "0.5", p99 <= Ms(peer, load => load.P99Us) / 2);
    }
}
