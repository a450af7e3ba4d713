using System.Diagnostics;
using System.Globalization;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>
/// What an images API that never answers costs listeners: times of fresh art from a server with one and from a server without, in alternate rounds. Each round has listeners who
/// come anew, so that some requests wait for art to be drawn; one that is refused is asked again, and its wait counts. Both servers keep running; one is asked at a time.
/// </summary>
internal static class HangingBench
{
    private const int Listeners = 20;
    private const int WarmUpRounds = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <param name="rounds">Of each server.</param>
    /// <param name="seconds">How long a round lasts.</param>
    public static async Task RunAsync(int rounds, int seconds)
    {
        await using var api = await LoopbackSite.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var without = new ServerProcess(Generous.Limits);
        await using var with = new ServerProcess([.. Generous.Limits, "--ArtFresh:Images:Address", api.Address.ToString()]);
        (string Name, ServerProcess Server, List<double> Times)[] servers = [("without an API", without, []), ("with one that hangs", with, [])];
        foreach (var (_, server, _) in servers)
        {
            await server.StartAsync();
        }

        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            foreach (var (_, server, times) in round % 2 == 0 ? servers : servers.Reverse())
            {
                var taken = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(listener => ListenAsync(server.Address, listener, round, TimeSpan.FromSeconds(seconds))));
                if (round >= 0)
                {
                    times.AddRange(taken.SelectMany(some => some));
                }
            }
        }

        Console.WriteLine("| server | requests | p50 ms | p99 ms | slowest ms |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, _, times) in servers)
        {
            Say($"| {name} | {times.Count} | {At(times, 0.5):0.0} | {At(times, 0.99):0.0} | {times.Max():0} |");
        }

        Say($"p99 with one that hangs: {At(servers[1].Times, 0.99) / At(servers[0].Times, 0.99):0.00} times without");
    }

    private static async Task<List<double>> ListenAsync(Uri server, int number, int round, TimeSpan time)
    {
        using var listener = new HttpListenerClient(server);
        await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var (started, times) = (Stopwatch.GetTimestamp(), new List<double>());
        await Task.Delay(Pause * number / Listeners, TimeProvider.System);
        using var ticks = new PeriodicTimer(Pause);
        do
        {
            var asked = Stopwatch.GetTimestamp();
            await listener.FreshAsync(session, 1, (number + round + WarmUpRounds) % 9 / 8.0, number / 9 / 8.0);
            times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(started) < time && await ticks.WaitForNextTickAsync());
        return times;
    }

    private static double At(List<double> times, double share) => times.Order().ElementAt((int)(times.Count * share));

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
