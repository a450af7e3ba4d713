using System.Globalization;
using System.Text.Json;
using ArtFresh.Server.Process;
using Npgsql;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>One run of one piece of work on one contestant.</summary>
/// <param name="Cpu">Processor time by process, in microseconds a request: the contestant's own, the database, the load generator.</param>
internal sealed record Measurement(string Contestant, string Work, int Connections, int Round, Load Load, IReadOnlyDictionary<string, double> Cpu);

/// <summary>
/// ArtFresh beside what a user would build instead, and beside the machine's own limits: all in one run, in rounds, so that what disturbs one disturbs all.
/// </summary>
internal sealed class RaceBench(RaceOptions options)
{
    /// <summary>Listeners with a long history, and as many without one.</summary>
    public const int DeepListeners = 200;

    /// <summary>Artworks that a listener with a long history has seen.</summary>
    public const int DeepSeen = 10_000;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Measurement> _measurements = [];

    public async Task RunAsync()
    {
        // As one would for such a load: a checkpoint in the middle would fall on whoever is at work.
        using var postgres = PostgresServer.Start("shared_buffers=2GB", "max_wal_size=32GB", "checkpoint_timeout=1h");
        using var redis = new RedisServer();
        var world = new World(5_000, 200_000);
        Contestant[] contestants =
        [
            .. new Func<Contestant>[]
            {
                () => ArtFreshContestant.OnPostgres(world, postgres),
                () => ArtFreshContestant.OnSqlite(world),
                () => ArtFreshContestant.Cluster(world, postgres, 2),
                () => ArtFreshContestant.InMemory(world),
                () => PeerContestant.Express(world, postgres),
                () => PeerContestant.AspNet(world, postgres),
                () => PeerContestant.AspNetRedis(world, redis),
                () => PeerContestant.Limit(),
            }.Select(make => make()).Where(contestant => options.Only.Length == 0 || options.Only.Any(part => contestant.Name.Contains(part, StringComparison.OrdinalIgnoreCase))),
            .. options.Variants.Select(variant => ArtFreshContestant.Variant(world, postgres, variant)),
        ];
        try
        {
            foreach (var contestant in contestants)
            {
                Say($"{contestant.Name}: making its world");
                await contestant.StartAsync();
            }

            // Before the warm-up: the first change of a page after it writes the whole page.
            await CheckpointAsync(postgres);
            foreach (var contestant in contestants)
            {
                Say($"{contestant.Name}: warming up");
                foreach (var work in contestant.Works.Where(work => options.Works.Contains(work)))
                {
                    await MeasureAsync(contestant, work, options.Connections[0], -1, options.WarmUpSeconds, postgres, redis);
                }
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var work in options.Works)
                {
                    foreach (var connections in options.Connections)
                    {
                        // Each is first as often as the others.
                        foreach (var contestant in contestants.Skip(round % contestants.Length).Concat(contestants.Take(round % contestants.Length)).Where(c => c.Works.Contains(work)))
                        {
                            var measured = await MeasureAsync(contestant, work, connections, round, options.Seconds, postgres, redis);
                            _measurements.Add(measured);
                            Say(string.Create(
                                CultureInfo.InvariantCulture,
                                $"round {round + 1}/{options.Rounds}  {work,-8} {connections,3} connections  {contestant.Name,-32} {measured.Load.PerSecond,8:0}/s  p50 {measured.Load.P50Us / 1000,6:0.0} ms  p99 {measured.Load.P99Us / 1000,6:0.0} ms  CPU us a request: {string.Join(", ", measured.Cpu.Select(part => $"{part.Key} {part.Value:0}"))}"));
                        }
                    }
                }
            }
        }
        finally
        {
            foreach (var contestant in contestants)
            {
                await contestant.DisposeAsync();
            }
        }

        RaceTable.Write(_measurements, options);
        if (options.Json is not null)
        {
            await File.WriteAllTextAsync(options.Json, JsonSerializer.Serialize(_measurements, s_json));
        }
    }

    private static async Task<Measurement> MeasureAsync(
        Contestant contestant, string work, int connections, int round, double seconds, PostgresServer postgres, RedisServer redis)
    {
        var writes = work is "w" or "m" or "w1" && contestant.Name != "Kestrel, nothing done";
        var before = writes ? await CountSettledAsync(contestant) : 0;
        var clocks = contestant.Processes.ToDictionary(process => process.Key, process => CpuClock.Read([process.Value]));
        var (database, cache) = (CpuClock.Read([postgres.Id]), CpuClock.Read([redis.Id]));
        var start = work == "w1" ? contestant.SinglesSent : contestant.BatchesSent;
        if (start >= (work == "w1" ? World.SinglesMax : World.BatchesMax) && writes)
        {
            throw new InvalidOperationException($"{contestant.Name} has used up its world: enlarge {nameof(World)}.{nameof(World.BatchesMax)}.");
        }

        var load = await Wrk.RunAsync(contestant.Address, work is "deep" or "shallow" ? "r" : work, contestant.WorldOf(work), start, connections, seconds);
        var cpu = contestant.Processes.ToDictionary(process => process.Key, process => (CpuClock.Read([process.Value]) - clocks[process.Key]) / load.Requests);
        cpu["PostgreSQL"] = (CpuClock.Read([postgres.Id]) - database) / load.Requests;
        cpu["Redis"] = (CpuClock.Read([redis.Id]) - cache) / load.Requests;
        cpu["load"] = load.CpuUs / load.Requests;
        // Rounded up: what was under way at the end may be there or not.
        var rounds = (load.SentMax / 2_500) + 1;
        (contestant.BatchesSent, contestant.SinglesSent) = work switch
        {
            "w1" => (contestant.BatchesSent, contestant.SinglesSent + rounds),
            "w" or "m" => (contestant.BatchesSent + rounds, contestant.SinglesSent),
            _ => (contestant.BatchesSent, contestant.SinglesSent),
        };
        await CheckAsync(contestant, work, load, writes, before, connections);
        return new Measurement(contestant.Name, work, connections, round, load, cpu);
    }

    /// <summary>Reads back that the work was done.</summary>
    private static async Task CheckAsync(Contestant contestant, string work, Load load, bool writes, long before, int connections)
    {
        if (load.Refused > 0 || load.Broken > 0 || load.Requests == 0)
        {
            throw new InvalidOperationException($"{contestant.Name} refused {load.Refused} requests of {work} and broke {load.Broken}, of {load.Requests}.");
        }

        if (!writes || contestant.Name == "ArtFresh without ledger")
        {
            return;
        }

        var each = work == "w1" ? 1 : 50;
        var recorded = await CountSettledAsync(contestant) - before;
        // Of those begun at the end some were answered and not counted, and some were never read.
        if (recorded > load.Sent * each || recorded < (load.Sent - connections) * each)
        {
            throw new InvalidOperationException($"{contestant.Name} has recorded {recorded} impressions of {load.Sent * each} sent as {work}.");
        }
    }

    /// <summary>The impressions that are there, once those have come that were under way when the load ended.</summary>
    private static async Task<long> CountSettledAsync(Contestant contestant)
    {
        for (var before = -1L; ;)
        {
            var now = await contestant.CountImpressionsAsync();
            if (now == before)
            {
                return now;
            }

            before = now;
            await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System);
        }
    }

    private static async Task CheckpointAsync(PostgresServer postgres)
    {
        await using var connection = new NpgsqlConnection(postgres.Maintenance);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("checkpoint", connection);
        await command.ExecuteNonQueryAsync();
    }

    private static void Say(string line) => AnsiConsole.WriteLine(line);
}
