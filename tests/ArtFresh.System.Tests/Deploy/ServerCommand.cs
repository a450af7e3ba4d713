using System.Diagnostics;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>The program, run with an environment and to its end.</summary>
internal static class ServerCommand
{
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        await RunAsync("dotnet", environment, [Tool.Path, .. arguments]);

    /// <summary>Any program of this machine's.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = ServerProcess.Repository };
        using var process = Process.Start(start.With(environment))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    public static ProcessStartInfo With(this ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
