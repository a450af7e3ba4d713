using System.Diagnostics;
using System.Text.Json;
using ArtFresh.Server;

namespace ArtFresh.TestWorld;

/// <summary>What a command ended with and printed.</summary>
public sealed record Printed(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The server's program, run with the arguments that an operator would give.</summary>
public static class Tool
{
    /// <summary>Of the program's .dll.</summary>
    public static string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ServerProcess.PlayerDirectory)!, "ArtFresh.Server.dll");

    /// <summary>A process has one progress bar at a time.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>Runs it in this process: starting another costs more than most commands do. On a terminal, whose width would break lines, it is a process.</summary>
    public static async Task<Printed> RunAsync(params string[] arguments)
    {
        if (!Console.IsOutputRedirected || !Console.IsErrorRedirected)
        {
            return await RunAsync([], arguments);
        }

        await Turn.WaitAsync();
        try
        {
            return await CapturedConsole.TakeAsync(() => ServerProgram.RunAsync(arguments));
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Runs it as a process.</summary>
    /// <param name="environment">Variables besides the test's own.</param>
    /// <param name="arguments">A command, or a server's settings.</param>
    public static async Task<Printed> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(environment);
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Printed(process.ExitCode, await output, await errors);
    }

    public static Process Start(params string[] arguments) => Start([], arguments);

    private static Process Start(Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = System.IO.Path.GetTempPath() };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
