using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// Bytes of managed memory that a listener and a session take while they are idle, and those of a session that serves. New silos read each back, are called, and have their
/// heap compacted; what that grew by, over many of them, is theirs.
/// </summary>
internal static class MemoryBench
{
    private const int Catalogue = 200_000;

    /// <summary>Requests of a session that serves: by the last its blocks have grown to their full size.</summary>
    private const int RequestsServed = 30;

    private const int ArtworksARequest = 5;

    private static readonly WrittenListeners[] Worlds =
    [
        .. new[] { (10, 20_000), (100, 10_000), (1_000, 4_000), (10_000, 1_000), (100_000, 100) }.Select(world => new WrittenListeners(world.Item1, world.Item2, Catalogue)),
    ];

    /// <param name="only">How many artworks shown, to measure these alone; none for all.</param>
    /// <param name="silos">Silos, all in this process: what lies in another is sent as it is between machines.</param>
    public static async Task RunAsync(int[] only, int silos = 1)
    {
        var worlds = Worlds.Where(world => only.Length == 0 || only.Contains(world.Shown)).ToArray();
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
        await silo.RestartAsync(silos);
        var table = new Table().AddColumns("artworks served and shown", "listeners, a session each", "bytes a listener", "bytes a session", "more while it serves");
        foreach (var world in worlds)
        {
            // What a first call brings to life for all is not theirs.
            var warmUp = world.Count / 20;
            await TouchListenersAsync(silo, world, warmUp);
            await TouchSessionsAsync(silo, world, warmUp);
            await ServeAsync(silo, world, 0, warmUp);
            var before = Heap();
            await TouchListenersAsync(silo, world, world.Count);
            var between = Heap();
            await TouchSessionsAsync(silo, world, world.Count);
            var idle = Heap();
            await ServeAsync(silo, world, warmUp, world.Count);
            var measured = (double)(world.Count - warmUp);
            table.AddRow(
                $"{world.Shown:N0}", $"{world.Count:N0}", $"{(between - before) / measured:N0}", $"{(idle - between) / measured:N0}", $"{(Heap() - idle) / measured:N0}");
        }

        AnsiConsole.Write(table);
    }

    private static Task TouchListenersAsync(SiloOnPostgres silo, WrittenListeners world, int count) =>
        WrittenListeners.EachAsync(count, i => silo.GrainsFor(i).GetGrain<IListenerGrain>(world.Name(i)).TakeBack(Guid.Empty, []));

    private static Task TouchSessionsAsync(SiloOnPostgres silo, WrittenListeners world, int count) =>
        WrittenListeners.EachAsync(count, i => silo.GrainsFor(i).GetGrain<IListenerSessionGrain>(world.SessionKeyOf(i)).HighWater());

    /// <summary>Fresh art for each from one number to another, asked for as artfresh-js asks, in a mood of their own.</summary>
    private static Task ServeAsync(SiloOnPostgres silo, WrittenListeners world, int from, int to) => WrittenListeners.EachAsync(to - from, async i =>
    {
        var listener = from + i;
        var session = silo.GrainsFor(listener).GetGrain<IListenerSessionGrain>(world.SessionKeyOf(listener));
        for (var request = 0; request < RequestsServed; request++)
        {
            var mood = MoodGrid.CenterOf(listener % MoodGrid.CellCount);
            var taken = await session.TakeFresh(new FreshRequest(ArtworksARequest, mood, Guid.CreateVersion7().ToString()));
            if (taken.Outcome != SessionOutcome.Done)
            {
                throw new InvalidOperationException($"No art: {taken.Outcome}.");
            }
        }
    });

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
