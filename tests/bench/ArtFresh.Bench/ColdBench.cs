using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// How fast a silo that has just started takes up sessions that it has never seen: a batch of 5 reads a session, fresh art a session and its listener. Once with
/// the listener's log alone, as after a crash, and once with the snapshot that an orderly stop leaves.
/// </summary>
internal static class ColdBench
{
    private const int Catalogue = 200_000;
    private const int Asked = 5;

    private static readonly WrittenListeners[] Worlds =
        [.. new[] { (100, 6_000), (1_000, 3_000), (10_000, 600) }.Select(world => new WrittenListeners(world.Item1, world.Item2, Catalogue))];

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(Catalogue);
        foreach (var world in Worlds)
        {
            await world.WriteAsync(silo.Writer);
        }

        var table = new Table().AddColumns("artworks shown", "first request", "a second", "p50, ms", "p99", "processor time, us: silo", "database");
        await silo.RestartAsync();
        await MeasureAsync(silo, table, "batch", 0, RecordAsync);
        await MeasureAsync(silo, table, "fresh, log alone", 1, TakeAsync);
        await silo.RestartAsync();
        await MeasureAsync(silo, table, "fresh, snapshot", 1, TakeAsync);
        AnsiConsole.Write(table);
    }

    /// <summary>Every second listener of each world is asked, from one on: the others stay untouched.</summary>
    private static async Task MeasureAsync(SiloOnPostgres silo, Table table, string work, int from, Func<WrittenListeners, int, IListenerSessionGrain, Task> ask)
    {
        foreach (var world in Worlds)
        {
            var half = world.Count / 2;
            // Compiles what is on the way and brings the pools to life, which are everybody's.
            var warmUp = half / 10;
            var times = new double[half];
            Task AskAsync(int i) => TimeAsync(times, i, () => ask(world, from + (2 * i), silo.Grains.GetGrain<IListenerSessionGrain>(world.SessionKeyOf(from + (2 * i)))));
            await WrittenListeners.EachAsync(warmUp, AskAsync);
            var (cpu, databaseCpu, started) = (Cpu(Environment.ProcessId), Cpu(silo.DatabaseId), Stopwatch.GetTimestamp());
            await WrittenListeners.EachAsync(half - warmUp, i => AskAsync(warmUp + i));
            var (seconds, asked) = (Stopwatch.GetElapsedTime(started).TotalSeconds, half - warmUp);
            var sorted = times[warmUp..].Order().ToArray();
            table.AddRow(
                $"{world.Shown:N0}", work, $"{asked / seconds:N0}", $"{sorted[asked / 2]:0.0}", $"{sorted[asked * 99 / 100]:0.0}",
                $"{(Cpu(Environment.ProcessId) - cpu) / asked:N0}", $"{(Cpu(silo.DatabaseId) - databaseCpu) / asked:N0}");
        }
    }

    private static async Task TimeAsync(double[] times, int i, Func<Task> ask)
    {
        var started = Stopwatch.GetTimestamp();
        await ask();
        times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>The next of its block, which it was served and has not shown.</summary>
    private static async Task RecordAsync(WrittenListeners world, int listener, IListenerSessionGrain session)
    {
        var recorded = await session.RecordBatch(new ImpressionBatch(
            Guid.CreateVersion7(), world.Shown + 1, [.. Enumerable.Range(world.Shown, Asked).Select(index => world.ArtworkAt(listener, index))], [], null));
        if (recorded.Recorded != Asked)
        {
            throw new InvalidOperationException($"Of {Asked} impressions {recorded.Recorded} were recorded.");
        }
    }

    private static async Task TakeAsync(WrittenListeners world, int listener, IListenerSessionGrain session)
    {
        var taken = await session.TakeFresh(new FreshRequest(Asked, MoodGrid.CenterOf(listener % MoodGrid.CellCount), null));
        if (taken.Artworks.Length != Asked)
        {
            throw new InvalidOperationException($"Of {Asked} artworks {taken.Artworks.Length} were given.");
        }
    }

    private static double Cpu(int processId) => CpuClock.Read([processId]);
}
