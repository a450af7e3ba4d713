using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// What a published server takes while nobody asks it: memory after its start, and the processor while sessions are in its memory whose listeners were served once and
/// then went quiet.
/// </summary>
internal static class IdleBench
{
    private const int AtOnce = 32;
    private const double MegabytesMax = 120;
    private const double ProcessorShareMax = 0.005;

    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(20);

    /// <summary>Tallies and views of what was done catch up, and what was cut off in the heap is collected.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<Figure>> RunAsync(RaceOptions options)
    {
        var (sessions, quiet) = options.IsQuick ? (5_000, TimeSpan.FromSeconds(10)) : (100_000, TimeSpan.FromSeconds(60));
        var published = await PublishedServer.FindAsync(options.Server);
        using var postgres = Race.StartPostgres();
        var table = new Table().Title("an idle server").AddColumns("", "MB after its start", "processor of it, % of a core", "of the database", $"MB with {sessions:N0} sessions asleep", "processor of it, % of a core", "of the database");
        Figure[]? figures = null;
        foreach (var variant in options.Variants.Prepend("published"))
        {
            var world = new World(0, 20_000);
            await using var contestant = ArtFreshContestant.Variant(world, postgres, variant, published.Path);
            await contestant.StartAsync([]);
            await Task.Delay(AfterStart, TimeProvider.System);
            var empty = await WatchAsync(contestant.Server, postgres, quiet);
            await LullAsync(contestant.Address, sessions);
            await Task.Delay(Settle, TimeProvider.System);
            var asleep = await WatchAsync(contestant.Server, postgres, quiet);
            table.AddRow(
                variant, $"{empty.Megabytes:0}", $"{empty.Server * 100:0.00}", $"{empty.Database * 100:0.00}", $"{asleep.Megabytes:0}", $"{asleep.Server * 100:0.00}", $"{asleep.Database * 100:0.00}");
            figures ??=
            [
                new("memory of an idle server", $"{empty.Megabytes:0} MB", $"{MegabytesMax} MB", empty.Megabytes <= MegabytesMax),
                new($"processor with {sessions:N0} sessions asleep, of a core", $"{asleep.Server:0.0%}", $"{ProcessorShareMax:0.0%}", asleep.Server <= ProcessorShareMax),
            ];
        }

        AnsiConsole.Write(table);
        return figures!;
    }

    /// <summary>Opens sessions and has each be served once, and their connections closed.</summary>
    private static async Task LullAsync(Uri address, int sessions)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = AtOnce }) { BaseAddress = address };
        await Parallel.ForAsync(0, sessions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellationToken) =>
        {
            using var signedIn = (await http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null, cancellationToken)).EnsureSuccessStatusCode();
            var cookie = string.Join("; ", signedIn.Headers.GetValues("Set-Cookie").Select(one => one.Split(';')[0]));
            using var opening = new HttpRequestMessage(HttpMethod.Post, "api/sessions") { Content = JsonContent.Create(new { release = "bench" }), Headers = { { "Cookie", cookie } } };
            using var opened = (await http.SendAsync(opening, cancellationToken)).EnsureSuccessStatusCode();
            var session = (await opened.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("sessionId").GetString();
            var mood = new World(0, 0).MoodOf(number);
            var query = string.Create(CultureInfo.InvariantCulture, $"api/artworks/fresh?sessionId={session}&count=5&valence={mood.Valence}&energy={mood.Energy}");
            using var asking = new HttpRequestMessage(HttpMethod.Get, query) { Headers = { { "Cookie", cookie } } };
            using var served = (await http.SendAsync(asking, cancellationToken)).EnsureSuccessStatusCode();
        });
    }

    /// <summary>Memory, and the shares of a core that the server and the database take.</summary>
    private static async Task<(double Megabytes, double Server, double Database)> WatchAsync(ServerProcess server, PostgresServer postgres, TimeSpan time)
    {
        var (own, database) = (CpuClock.Read([server.Id!.Value]), CpuClock.Read([postgres.Id]));
        await Task.Delay(time, TimeProvider.System);
        return (MegabytesOf(server.Id!.Value), (CpuClock.Read([server.Id!.Value]) - own) / time.TotalMicroseconds, (CpuClock.Read([postgres.Id]) - database) / time.TotalMicroseconds);
    }

    private static double MegabytesOf(int processId)
    {
        using var process = System.Diagnostics.Process.GetProcessById(processId);
        return process.WorkingSet64 / 1e6;
    }
}
