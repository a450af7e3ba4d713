using System.Globalization;
using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>One run of one piece of work on one contestant.</summary>
/// <param name="Cpu">Processor time by process, in microseconds a request: the contestant's own, the database, the load generator.</param>
/// <param name="DiskBytes">What each impression took on disk, indexes included, or null.</param>
internal sealed record Measurement(string Contestant, string Work, int Connections, int Round, Load Load, IReadOnlyDictionary<string, double> Cpu, double? DiskBytes);

/// <summary>Contestants under the same load in turn, in rounds, so that what disturbs one disturbs all; what each has written is read back.</summary>
internal sealed class Race(IReadOnlyList<Contestant> contestants, RaceOptions options, PostgresServer postgres, RedisServer? redis = null) : IAsyncDisposable
{
    private const int BatchArtworks = 50;
    private const int IdleTriesMax = 60;
    private const int WarmUpRunsMax = 12;
    private const int QuickWarmUpRunsMax = 4;

    /// <summary>So many times as fast a run is while its server still becomes faster.</summary>
    private const double Faster = 1.05;
    private static readonly TimeSpan IdleLook = TimeSpan.FromMilliseconds(500);

    /// <summary>Grains that nobody asks for five minutes leave memory.</summary>
    private static readonly TimeSpan ColdAfter = TimeSpan.FromMinutes(4);

    private readonly List<Measurement> _measurements = [];
    private readonly Dictionary<(Contestant Contestant, string Work), long> _lastAsked = [];
    private readonly int[] _caches = redis is null ? [] : [redis.Id];

    /// <summary>A database for a bench. As one would set it up for such a load: a checkpoint in the middle would fall on whoever is at work.</summary>
    public static PostgresServer StartPostgres() => PostgresServer.Start("shared_buffers=2GB", "max_wal_size=32GB", "checkpoint_timeout=1h", "autovacuum_naptime=5s");

    /// <summary>Starts all contestants, and measures each piece of work after a warm-up.</summary>
    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        await StartAsync();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var work in options.Works)
            {
                foreach (var connections in options.Connections)
                {
                    await MeasureAllAsync(work, connections, round);
                }
            }
        }

        return _measurements;
    }

    /// <summary>Ends the contestants.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var contestant in contestants)
        {
            await contestant.DisposeAsync();
        }
    }

    /// <summary>Starts all contestants, each with its world.</summary>
    public async Task StartAsync()
    {
        foreach (var contestant in contestants)
        {
            Say($"{contestant.Name}: making its world");
            await contestant.StartAsync(options.Works);
        }

        // Before the warm-up: the first change of a page after it writes the whole page.
        await BenchDatabase.ExecuteAsync(postgres.Maintenance, "checkpoint");
    }

    /// <summary>The contestants in the order of a round: each is first as often as the others.</summary>
    public IEnumerable<Contestant> InTurn(int round) => contestants.Skip(round % contestants.Count).Concat(contestants.Take(round % contestants.Count));

    private async Task MeasureAllAsync(string work, int connections, int round)
    {
        foreach (var contestant in InTurn(round).Where(c => c.Works.Contains(work)))
        {
            var own = connections * contestant.ConnectionsTimes;
            if (!_lastAsked.TryGetValue((contestant, work), out var lastAsked) || TimeProvider.System.GetElapsedTime(lastAsked) > ColdAfter)
            {
                // Now and not before the others'.
                await WarmUpAsync(contestant, work, own);
            }

            var measured = await MeasureAsync(contestant, work, own, round, options.Seconds);
            _lastAsked[(contestant, work)] = TimeProvider.System.GetTimestamp();
            _measurements.Add(measured);
            Say(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round + 1}/{options.Rounds}  {work,-8} {own,3} connections  {contestant.Name,-32} {measured.Load.PerSecond,8:0}/s  p50 {measured.Load.P50Us / 1000,6:0.0} ms  p99 {measured.Load.P99Us / 1000,6:0.0} ms  CPU us a request: {string.Join(", ", measured.Cpu.Select(part => $"{part.Key} {part.Value:0}"))}"));
        }
    }

    /// <summary>
    /// Until each listener was asked for, whose history a server reads at first, and two runs in turn were no faster than the best before them: servers with more code are warm
    /// later.
    /// </summary>
    /// <returns>The highest rate of a run.</returns>
    public async Task<double> WarmUpAsync(Contestant contestant, string work, int connections)
    {
        var (best, since, asked) = (0.0, 0, 0L);
        for (var run = 0; asked < contestant.World.Listeners || (run < (options.IsQuick ? QuickWarmUpRunsMax : WarmUpRunsMax) && since < 2); run++)
        {
            var load = (await MeasureAsync(contestant, work, connections, -1, options.WarmUpSeconds)).Load;
            asked += load.Requests;
            since = load.PerSecond > best * Faster || asked < contestant.World.Listeners ? 0 : since + 1;
            best = Math.Max(best, load.PerSecond);
        }

        return best;
    }

    /// <summary>One run.</summary>
    /// <param name="round">Negative while it warms up.</param>
    /// <param name="rate">Arrivals a second, for an open loop; null to ask as fast as it answers.</param>
    public async Task<Measurement> MeasureAsync(Contestant contestant, string work, int connections, int round, double seconds, double? rate = null)
    {
        var counts = contestant.Keeps && work is "w" or "m" or "w1";
        var before = counts ? await CountSettledAsync(contestant) : 0;
        var disk = counts ? await contestant.ReadDiskBytesAsync() : null;
        var clocks = contestant.Processes.ToDictionary(process => process.Key, process => CpuClock.Read([process.Value]));
        var (database, cache) = (CpuClock.Read([postgres.Id]), CpuClock.Read(_caches));
        var start = work == "w1" ? contestant.SinglesSent : contestant.BatchesSent;
        if (counts && start >= (work == "w1" ? contestant.World.SinglesMax : contestant.World.BatchesMax))
        {
            throw new InvalidOperationException($"{contestant.Name} has used up its world: enlarge {nameof(World)}.{nameof(World.BatchesMax)}.");
        }

        var (asked, world) = (work is "deep" or "shallow" ? "r" : work, contestant.WorldOf(work));
        var load = rate is null
            ? await Wrk.RunAsync(contestant.Address, asked, world, start, connections, seconds)
            : await OpenLoop.RunAsync(contestant.Address, asked, world, start, rate.Value, TimeSpan.FromSeconds(seconds));
        await WaitUntilIdleAsync(postgres.Id);
        var cpu = contestant.Processes.ToDictionary(process => process.Key, process => (CpuClock.Read([process.Value]) - clocks[process.Key]) / load.Requests);
        cpu["PostgreSQL"] = (CpuClock.Read([postgres.Id]) - database) / load.Requests;
        cpu["Redis"] = (CpuClock.Read(_caches) - cache) / load.Requests;
        cpu["load"] = load.CpuUs / load.Requests;
        // Rounded up: what was under way at the end may be there or not.
        var sent = (load.SentMax * Wrk.Threads / contestant.World.Listeners) + 1;
        (contestant.BatchesSent, contestant.SinglesSent) = work switch
        {
            "w1" => (contestant.BatchesSent, contestant.SinglesSent + sent),
            "w" or "m" => (contestant.BatchesSent + sent, contestant.SinglesSent),
            _ => (contestant.BatchesSent, contestant.SinglesSent),
        };
        RequireServed(contestant, work, load, isWarmUp: round < 0);
        double? diskBytes = null;
        if (counts)
        {
            var recorded = await CountSettledAsync(contestant) - before;
            var each = work == "w1" ? 1 : BatchArtworks;
            // Of those begun at the end some were answered and not counted, and some were never read.
            if (recorded > load.Sent * each || recorded < (load.Sent - load.Refused - connections) * each)
            {
                throw new InvalidOperationException($"{contestant.Name} has recorded {recorded} impressions of {load.Sent * each} sent as {work}.");
            }

            diskBytes = (await contestant.ReadDiskBytesAsync() - disk) / (double)recorded;
        }

        return new Measurement(contestant.Name, work, connections, round, load, cpu, diskBytes);
    }

    private static void RequireServed(Contestant contestant, string work, Load load, bool isWarmUp)
    {
        if (isWarmUp && load.Refused > 0)
        {
            // A cold server under full load may ask some to come back; nobody is measured then.
            Say($"{contestant.Name} refused {load.Refused} of {load.Requests} requests of {work} while it warmed up");
        }

        if ((load.Refused > 0 && !isWarmUp) || load.Broken > 0 || load.Requests == 0)
        {
            throw new InvalidOperationException($"{contestant.Name} refused {load.Refused} requests of {work} and broke {load.Broken}, of {load.Requests}.");
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

    /// <summary>What the database still does afterwards, tallies and vacuums, is counted to whom it is for, and does not fall on whoever is next.</summary>
    private static async Task WaitUntilIdleAsync(int database)
    {
        for (var (tries, before) = (0, CpuClock.Read([database])); tries < IdleTriesMax; tries++)
        {
            await Task.Delay(IdleLook, TimeProvider.System);
            var now = CpuClock.Read([database]);
            if (now - before < IdleLook.TotalMicroseconds / 20)
            {
                return;
            }

            before = now;
        }
    }

    private static void Say(string line) => Console.WriteLine(line);
}
