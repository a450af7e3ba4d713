using System.Globalization;
using ArtFresh.Server.Process;
using Npgsql;
using Xunit;

namespace ArtFresh.Faults.Tests;

/// <summary>Three servers on one PostgreSQL, as processes.</summary>
public sealed class ClusterTests
{
    private const int Servers = 3;
    private const int Listeners = 10;
    private const int BatchesBetweenFaults = 150;
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task KilledFrozenAndRestartedTheClusterServesNothingTwiceAndKeepsWhatItAcknowledged()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        using var postgres = PostgresServer.Start();
        var connectionString = postgres.NewDatabase();
        var servers = Enumerable.Range(0, Servers).Select(_ => new ServerProcess(
            "--ConnectionStrings:Ledger", connectionString, "--ArtFresh:Cluster:Address", "127.0.0.1", "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000",
            "--ArtFresh:Limits:ListenerRequestsBurst", "100000", "--ArtFresh:Limits:SignInsPerMinute", "100000")).ToArray();
        await Task.WhenAll(servers.Select(server => server.StartAsync()));
        var listeners = Enumerable.Range(0, Listeners).Select(i => new RetryingListener([.. servers.Select(server => server.Address)], new Random(i))).ToArray();
        await Task.WhenAll(listeners.Select(listener => listener.BeginAsync()));
        using var stop = new CancellationTokenSource();
        var load = listeners.Select(listener => Task.Run(() => listener.RunAsync(stop.Token))).ToArray();

        try
        {
            await HarmAsync(servers, listeners, load, postgres);
        }
        catch (InvalidOperationException wrong)
        {
            var failed = servers.SelectMany(server => server.Log.Split('\n').Where(line => line.Contains("Exception", StringComparison.Ordinal) || line.Contains(" failed", StringComparison.Ordinal)).TakeLast(15));
            Assert.Fail($"{wrong.Message}\n{string.Join('\n', failed)}");
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);

        await CheckAsync(listeners, connectionString);
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{listeners.Sum(listener => listener.Requests)} requests, {listeners.Sum(listener => listener.Failures)} tried again, {listeners.Sum(listener => listener.Served.Count)} artworks served, longest wait {listeners.Max(listener => listener.LongestWait).TotalSeconds:0.0} s"));
        Array.ForEach(listeners, listener => listener.Dispose());
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    private static async Task HarmAsync(ServerProcess[] servers, RetryingListener[] listeners, Task[] load, PostgresServer postgres)
    {
        await MoreAsync(listeners, load, BatchesBetweenFaults);
        for (var kill = 0; kill < Servers; kill++)
        {
            await servers[kill].KillAsync();
            await MoreAsync(listeners, load, BatchesBetweenFaults);
            await servers[kill].StartAsync();
        }

        // Longer than the others wait before they take it for dead: when it wakes, its grains live elsewhere.
        servers[1].Freeze();
        await Task.Delay(Frozen, TimeProvider.System, TestContext.Current.CancellationToken);
        servers[1].Thaw();
        await MoreAsync(listeners, load, BatchesBetweenFaults);
        postgres.Stop("immediate");
        postgres.Resume();
        await MoreAsync(listeners, load, BatchesBetweenFaults);
        postgres.Stop("fast");
        postgres.Resume();
        await MoreAsync(listeners, load, BatchesBetweenFaults);
        await servers[2].StopAsync();
        await servers[2].StartAsync();
        await MoreAsync(listeners, load, BatchesBetweenFaults);
    }

    private static async Task MoreAsync(RetryingListener[] listeners, Task[] load, int batches)
    {
        var goal = listeners.Sum(listener => listener.Acknowledged.Count) + batches;
        while (listeners.Sum(listener => listener.Acknowledged.Count) < goal)
        {
            await Task.WhenAny([.. load.Where(task => task.IsCompleted), Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken)]);
            foreach (var ended in load.Where(task => task.IsCompleted))
            {
                await ended;
            }
        }
    }

    private static async Task CheckAsync(RetryingListener[] listeners, string connectionString)
    {
        foreach (var listener in listeners)
        {
            Assert.Equal(listener.Served.Count, listener.Served.Distinct().Count());
            foreach (var batch in listener.Acknowledged)
            {
                Assert.Equal((0, batch.ArtworkIds.Length), await listener.PostAgainAsync(batch));
            }
        }

        var shown = listeners.Sum(listener => listener.Acknowledged.Sum(batch => batch.ArtworkIds.Length));
        await using var source = NpgsqlDataSource.Create(connectionString);
        // The tallies follow the ledger within seconds.
        long tallied;
        var tries = 0;
        while ((tallied = await SumAsync(source)) < shown && tries++ < 300)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(shown, tallied);
        using var operatorClient = new HttpListenerClient(listeners[0].AnyAddress);
        var legacy = await operatorClient.GetAsync("api/ops/legacy");
        Assert.Equal((0, 0, 0), (
            legacy.GetProperty("impressionsWithoutViewedAt").GetInt64(), legacy.GetProperty("repeatedServes").GetInt64(), legacy.GetProperty("repeats").GetInt64()));
    }

    private static async Task<long> SumAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select coalesce(sum(amount), 0)::bigint from release_counter where counter = 'ImpressionsRecorded'");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
