using System.Globalization;
using System.Diagnostics;

namespace ArtFresh.Bench;

/// <summary>
/// The slowest requests while all servers of a cluster are restarted, one after the other, as clients see it: behind the balancer of the deployment, in an open loop at a
/// third of the highest rate.
/// </summary>
internal static class RollBench
{
    private const int Servers = 3;
    private const int Connections = 64;

    /// <summary>One batch to four requests for art.</summary>
    private const string Work = "m";

    private const double P99MsMax = 100;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(4);

    public static async Task<IReadOnlyList<Figure>> RunAsync(RaceOptions options)
    {
        options = options with { Works = [Work] };
        var published = await PublishedServer.FindAsync(options.Server);
        using var postgres = Race.StartPostgres();
        var cluster = ArtFreshContestant.Balanced(new World(options.IsQuick ? 2_000 : 5_000, 200_000), postgres, published.Path, Servers);
        await using var race = new Race([cluster], options, postgres);
        await race.StartAsync();
        var highest = await race.WarmUpAsync(cluster, Work, Connections);
        var rate = Math.Round(highest / 3);
        using var arriving = OpenLoop.Start(cluster.Address, Work, cluster.WorldOf(Work), cluster.BatchesSent, rate, TimeMax);
        await Task.Delay(Before, TimeProvider.System);
        var started = Stopwatch.GetTimestamp();
        await cluster.RollAsync();
        var rolled = Stopwatch.GetElapsedTime(started);
        arriving.Stop();
        var load = await arriving.ResultAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Servers} servers restarted in {rolled.TotalSeconds:0} s at {rate:N0}/s of {highest:N0}/s: p50 {load.P50Us / 1000:0.0} ms, p99 {load.P99Us / 1000:0.0} ms, p99.9 {load.P999Us / 1000:0.0} ms, slowest {load.MaxUs / 1000:0} ms; of {load.Requests:N0} refused {load.Refused}, broken {load.Broken}"));
        return
        [
            new("a roll of three servers at a third of the rate: p99", $"{load.P99Us / 1000:0.0} ms", $"{P99MsMax} ms", load.P99Us / 1000 <= P99MsMax),
            new("requests that failed in it", $"{load.Refused + load.Broken} of {load.Requests:N0}", "0", load.Refused + load.Broken == 0),
        ];
    }
}
