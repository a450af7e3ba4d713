using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>From the start of the process to its first 200, on an empty data directory and on one that is there: as built, and published for this platform.</summary>
internal static class StartBench
{
    private const int Times = 7;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        var published = await PublishedServer.FindAsync();
        var table = new Table().AddColumns("", "first start, s", "later starts, median s", "slowest", "memory when idle, MiB");
        await MeasureAsync(table, "as built", null);
        await MeasureAsync(table, "published", published.Path);
        AnsiConsole.Write(table);
    }

    private static async Task MeasureAsync(Table table, string name, string? program)
    {
        await using var server = program is null ? new ServerProcess() : ServerProcess.At(program);
        var times = new List<double>();
        var idleMiB = 0.0;
        for (var i = 0; i <= Times; i++)
        {
            times.Add((await server.StartAsync()).TotalSeconds);
            if (i == Times)
            {
                await Task.Delay(Idle, TimeProvider.System);
                using var process = System.Diagnostics.Process.GetProcessById(server.Id!.Value);
                idleMiB = process.WorkingSet64 / (double)(1 << 20);
            }

            await server.StopAsync();
        }

        var later = times.Skip(1).Order().ToArray();
        table.AddRow(name, $"{times[0]:0.00}", $"{later[Times / 2]:0.00}", $"{later[^1]:0.00}", $"{idleMiB:0}");
    }
}
