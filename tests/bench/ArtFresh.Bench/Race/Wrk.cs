using System.Diagnostics;
using System.Text.Json;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>What a load generator saw of one run.</summary>
/// <param name="Sent">Batches, or singles, that it began to send.</param>
/// <param name="SentMax">The most that one of its threads sent.</param>
/// <param name="Refused">Answers that were no 2xx.</param>
/// <param name="Broken">Requests that got no answer.</param>
/// <param name="Bytes">All that it was answered, heads included.</param>
/// <param name="CpuUs">Its own processor time.</param>
/// <param name="P999Us">Of an open loop; 0 of wrk.</param>
/// <param name="EachSecond">Requests begun in each whole second since the first; null of an open loop.</param>
internal sealed record Load(
    long Requests, double Seconds, long Sent, long SentMax, long Refused, long Broken, long Bytes, double P50Us, double P99Us, double MaxUs, double CpuUs = 0, double P999Us = 0,
    long[]? EachSecond = null)
{
    public double PerSecond => Requests / Seconds;

    public double AnswerBytes => (double)Bytes / Requests;
}

/// <summary>The load generator: two threads on keep-alive connections, whose requests tests/bench/load/load.lua makes.</summary>
internal static class Wrk
{
    public const int Threads = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="start">How many batches, or singles, each listener has sent before.</param>
    /// <param name="window">Listeners of a thread who are there at once, 0 for all.</param>
    /// <param name="each">Requests that each of them sends before others take their place.</param>
    public static async Task<Load> RunAsync(Uri address, string work, string world, long start, int connections, double seconds, int window = 0, int each = 1)
    {
        var script = Path.Combine(ServerProcess.Repository, "tests", "bench", "load", "load.lua");
        var before = CpuClock.ReadEndedChildren();
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(
            "wrk", ["-t", $"{Threads}", "-c", $"{connections}", "-d", $"{seconds:0}s", "--timeout", "20s", "-s", script, $"{address}", "--", work, world, $"{start}", $"{window}", $"{each}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var result = (await output).Split('\n').FirstOrDefault(line => line.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk said no result: {await output} {errors}");
        return JsonSerializer.Deserialize<Load>(result["RESULT ".Length..], Json)! with { CpuUs = CpuClock.ReadEndedChildren() - before };
    }
}
