using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.SystemTests.Faults.Planted;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>A server whose choice of fresh art is broken.</summary>
public sealed class ServedTwiceTests
{
    private static readonly TimeSpan FoundWithin = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(EverythingIsFresh.Plant), InlineData(ForgetfulHistory.Plant)]
    public async Task BrokenFilterOfFreshArtIsFoundByTheCheckOfBlocksWithinAMinute(string plant)
    {
        await using var server = PlantedServer.Process(plant, ["--ArtFresh:Watch:Interval", "00:00:01"]);
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var before = await listener.FreshAsync(await listener.OpenAsync("r1"), 10, 0.5, 0.5);
        // Killed, it writes no snapshot: the listener's set is read from the history, and pools from their start.
        await server.KillAsync();
        await server.StartAsync();

        var again = await listener.FreshAsync(await listener.OpenAsync("r1"), 50, 0.5, 0.5);
        var served = Stopwatch.StartNew();

        // A busy server hands out fewer than are asked for.
        var repeated = before.Intersect(again).Count();
        Assert.NotEqual(0, repeated);
        using var operators = server.NewOperator();
        await Eventually.TrueAsync(async () => await NumeratorAsync(operators, "duplicatesRecorded") >= repeated);
        await Eventually.TrueAsync(async () => (await operators.GetFromJsonAsync<JsonElement>("api/ops/releases", Stop)).EnumerateArray().Any(release => release.GetProperty("verdict").GetString() == "fail"));
        Console.WriteLine(FormattableString.Invariant($"Served twice was found {served.Elapsed.TotalSeconds:0.0} s after it was served."));
        Assert.True(served.Elapsed < FoundWithin, $"{served.Elapsed}");
        await server.PrintsAsync("[Violation] Block ");
        var verified = await Tool.RunAsync("verify", "--data", server.DataDirectory);
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("served-once", verified.Output, StringComparison.Ordinal);
    }

    private static async Task<long> NumeratorAsync(HttpClient operators, string name) =>
        (await operators.GetFromJsonAsync<JsonElement>("api/ops/kpis?release=r1", Stop)).GetProperty("figures").EnumerateArray()
        .Single(figure => figure.GetProperty("name").GetString() == name).GetProperty("numerator").GetInt64();
}
