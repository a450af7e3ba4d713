using System.Diagnostics;
using ArtFresh.Contracts;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>Bytes of managed memory a listener and a session take while they are idle, by difference over many activations in one silo.</summary>
internal static class MemoryBench
{
    private const int Catalogue = 200_000;
    private const int AtOnce = 64;
    private static readonly (int History, int Listeners)[] Worlds = [(10, 100_000), (1_000, 2_000), (100_000, 40)];

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(Catalogue);
        await SiloOnPostgres.TakeAsync(await silo.OpenAsync("guest-warm"), 20_000, isShown: true);
        var table = new Table().AddColumns("artworks served and shown", "listeners with a session each", "listener and session, bytes", "listener alone", "session alone");
        foreach (var (history, listeners) in Worlds)
        {
            await silo.ForgetAllAsync();
            var empty = Heap();
            var started = Stopwatch.StartNew();
            await Parallel.ForAsync(0, listeners, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
                await SiloOnPostgres.TakeAsync(await silo.OpenAsync(Name(history, i)), history, isShown: true));
            var both = Heap();
            AnsiConsole.MarkupLineInterpolated($"[grey]{listeners:N0} listeners with {history:N0} each in {started.Elapsed.TotalSeconds:0} s[/]");

            await silo.ForgetAllAsync();
            var before = Heap();
            await Parallel.ForAsync(0, listeners, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
                await silo.Grains.GetGrain<IListenerGrain>(Name(history, i)).TakeBack(Guid.Empty, []));
            var listener = (double)(Heap() - before) / listeners;
            var pair = (double)(both - empty) / listeners;
            table.AddRow($"{history:N0}", $"{listeners:N0}", $"{pair:N0}", $"{listener:N0}", $"{pair - listener:N0}");
        }

        AnsiConsole.Write(table);
    }

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
