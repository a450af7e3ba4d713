using System.Collections.Concurrent;
using System.Diagnostics;
using ArtFresh.Contracts;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// Bytes of managed memory that a listener and a session take while they are idle. Each has lived, has left memory, and is called once; what the heap grows by,
/// over many of them in one silo, is theirs. Pools and their caches are not among it: they serve all listeners.
/// </summary>
internal static class MemoryBench
{
    private const int Catalogue = 200_000;
    private const int AtOnce = 64;
    private static readonly (int History, int Listeners)[] Worlds = [(10, 100_000), (100, 20_000), (1_000, 4_000), (10_000, 400), (100_000, 40)];

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(Catalogue);
        var table = new Table().AddColumns("artworks served and shown", "listeners, a session each", "bytes a listener", "bytes a session");
        foreach (var (history, listeners) in Worlds)
        {
            var started = Stopwatch.StartNew();
            var sessions = new ConcurrentBag<IListenerSessionGrain>();
            await EachAsync(listeners, async i =>
            {
                var session = await silo.OpenAsync(Name(history, i));
                await SiloOnPostgres.TakeAsync(session, history, isShown: true);
                sessions.Add(session);
            });
            AnsiConsole.MarkupLineInterpolated($"[grey]{listeners:N0} listeners have seen {history:N0} each, {started.Elapsed.TotalSeconds:0} s[/]");
            var listener = await GrowthAsync(silo, listeners, i => silo.Grains.GetGrain<IListenerGrain>(Name(history, i)).TakeBack(Guid.Empty, []));
            var kept = sessions.ToArray();
            var session = await GrowthAsync(silo, listeners, i => kept[i].Disown([], 0));
            table.AddRow($"{history:N0}", $"{listeners:N0}", $"{listener:N0}", $"{session:N0}");
        }

        AnsiConsole.Write(table);
    }

    private static async Task<double> GrowthAsync(SiloOnPostgres silo, int grains, Func<int, Task> call)
    {
        await silo.ForgetAllAsync();
        var before = Heap();
        await EachAsync(grains, call);
        return (double)(Heap() - before) / grains;
    }

    private static Task EachAsync(int count, Func<int, Task> call) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await call(i));

    private static string Name(int history, int number) => $"guest-{history}-{number}";

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
