using System.Diagnostics;
using System.Text.Json;
using ArtFresh.Server;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>What a command ended with and printed.</summary>
internal sealed record Printed(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The server's program, run with the arguments that an operator would give.</summary>
internal static class Tool
{
    private static string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ServerProcess.PlayerDirectory)!, "ArtFresh.Server.dll");

    /// <summary>A process has one progress bar at a time.</summary>
    private static readonly SemaphoreSlim s_turn = new(1);

    /// <summary>Runs it in this process: starting another costs more than most commands do. On a terminal, whose width would break lines, it is a process.</summary>
    public static async Task<Printed> RunAsync(params string[] arguments)
    {
        if (!Console.IsOutputRedirected || !Console.IsErrorRedirected)
        {
            return await RunAsync([], arguments);
        }

        await s_turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await CapturedConsole.TakeAsync(() => ServerProgram.RunAsync(arguments));
        }
        finally
        {
            s_turn.Release();
        }
    }

    /// <summary>Runs it as a process.</summary>
    /// <param name="environment">Variables besides the test's own.</param>
    public static async Task<Printed> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
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
