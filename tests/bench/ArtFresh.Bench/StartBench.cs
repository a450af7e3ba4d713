using System.Diagnostics;
using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>From the start of the process to its first 200, on an empty data directory and on one that is there: as built, and published with ReadyToRun.</summary>
internal static class StartBench
{
    private const int Times = 7;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        var published = Directory.CreateTempSubdirectory("artfresh-publish-").FullName;
        var table = new Table().AddColumns("", "first start, s", "later starts, median s", "slowest", "memory when idle, MiB");
        await MeasureAsync(table, "as built", null);
        if (await PublishAsync(published))
        {
            await MeasureAsync(table, "ReadyToRun", Path.Combine(published, "ArtFresh.Server.dll"));
        }
        else
        {
            AnsiConsole.MarkupLine("[yellow]ReadyToRun: the compiler could not be had; not measured.[/]");
        }

        AnsiConsole.Write(table);
        Directory.Delete(published, recursive: true);
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

    private static async Task<bool> PublishAsync(string directory)
    {
        using var publish = System.Diagnostics.Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(ServerProcess.Repository, "src", "ArtFresh.Server"), "-c", "Release", "-o", directory, "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:SkipPlayer=true", "-v", "q"])
        {
            RedirectStandardOutput = true,
        })!;
        await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0;
    }
}
