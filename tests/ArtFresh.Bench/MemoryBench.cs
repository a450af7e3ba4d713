using System.Diagnostics;
using ArtFresh.Contracts;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// Bytes of managed memory that a listener and a session take while they are idle. A new silo reads each back, is called once, and has its heap compacted; what
/// that grew by, over many of them, is theirs.
/// </summary>
internal static class MemoryBench
{
    private const int Catalogue = 200_000;

    private static readonly WrittenListeners[] s_worlds =
    [
        .. new[] { (10, 20_000), (100, 10_000), (1_000, 4_000), (10_000, 1_000), (100_000, 100) }.Select(world => new WrittenListeners(world.Item1, world.Item2, Catalogue)),
    ];

    /// <param name="only">How many artworks shown, to measure these alone; none for all.</param>
    public static async Task RunAsync(int[] only)
    {
        var worlds = s_worlds.Where(world => only.Length == 0 || only.Contains(world.Shown)).ToArray();
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(Catalogue);
        foreach (var world in worlds)
        {
            var started = Stopwatch.StartNew();
            await world.WriteAsync(silo.Writer);
            await TouchListenersAsync(silo, world, world.Count);
            AnsiConsole.MarkupLineInterpolated($"[grey]{world.Count:N0} listeners have seen {world.Shown:N0} each, {started.Elapsed.TotalSeconds:0} s[/]");
        }

        // With snapshots, as listeners that have left memory have them.
        await silo.ForgetAllAsync();
        await silo.RestartAsync();
        var table = new Table().AddColumns("artworks served and shown", "listeners, a session each", "bytes a listener", "bytes a session");
        foreach (var world in worlds)
        {
            // What a first call brings to life for all is not theirs.
            var warmUp = world.Count / 20;
            await TouchListenersAsync(silo, world, warmUp);
            await TouchSessionsAsync(silo, world, warmUp);
            var before = Heap();
            await TouchListenersAsync(silo, world, world.Count);
            var between = Heap();
            await TouchSessionsAsync(silo, world, world.Count);
            var measured = (double)(world.Count - warmUp);
            table.AddRow($"{world.Shown:N0}", $"{world.Count:N0}", $"{(between - before) / measured:N0}", $"{(Heap() - between) / measured:N0}");
        }

        AnsiConsole.Write(table);
    }

    private static Task TouchListenersAsync(SiloOnPostgres silo, WrittenListeners world, int count) =>
        WrittenListeners.EachAsync(count, i => silo.Grains.GetGrain<IListenerGrain>(world.Name(i)).TakeBack(Guid.Empty, []));

    private static Task TouchSessionsAsync(SiloOnPostgres silo, WrittenListeners world, int count) =>
        WrittenListeners.EachAsync(count, i => silo.Grains.GetGrain<IListenerSessionGrain>(world.SessionKeyOf(i)).HighWater());

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
