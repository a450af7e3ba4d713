using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>
/// Requests that arrive at a fixed rate, whether those before them were answered or not. A request's time runs from its arrival in the plan, so that the wait for a
/// connection counts. The load is a process of its own, which ends when its input does.
/// </summary>
internal sealed class OpenLoop : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Process _process;
    private readonly IDisposable _endedWithProgram;
    private readonly double _cpuBefore = CpuClock.ReadEndedChildren();

    private OpenLoop(Process process)
    {
        _process = process;
        _endedWithProgram = EndedWithProgram.Add(process.Kill);
    }

    /// <summary>Runs for a time.</summary>
    /// <param name="start">How many batches each listener has sent before.</param>
    /// <param name="rate">Arrivals a second.</param>
    public static async Task<Load> RunAsync(Uri address, string work, string world, long start, double rate, TimeSpan time)
    {
        using var load = Start(address, work, world, start, rate, time);
        return await load.ResultAsync();
    }

    /// <summary>Begins, for at most a time.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static OpenLoop Start(Uri address, string work, string world, long start, double rate, TimeSpan timeMax) => new(Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!,
        ["load", address.AbsoluteUri, work, world, $"{start}", rate.ToString(CultureInfo.InvariantCulture), timeMax.TotalSeconds.ToString(CultureInfo.InvariantCulture)])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        // A collection of the load's own would be measured as the server's pause.
        Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcConcurrent"] = "0" },
    })!);

    /// <summary>No request arrives from here on.</summary>
    public void Stop() => _process.StandardInput.Close();

    /// <summary>What it has measured, once all have been answered.</summary>
    public async Task<Load> ResultAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return JsonSerializer.Deserialize<Load>(output, Json)! with { CpuUs = CpuClock.ReadEndedChildren() - _cpuBefore };
    }

    public void Dispose()
    {
        _endedWithProgram.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
