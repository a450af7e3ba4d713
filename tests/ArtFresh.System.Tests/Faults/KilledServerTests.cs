using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

public sealed class KilledServerTests
{
    private const int Listeners = 8;
    private static readonly int Kills = LongForm.IsOn ? 10 : 3;

    [Fact]
    public async Task KilledAgainAndAgainUnderLoadTheServerServesNothingTwiceAndKeepsWhatItAcknowledged()
    {
        await using var server = new ServerProcess(Generous.Limits);
        await server.StartAsync();
        RetryingListener[] listeners = [.. Enumerable.Range(0, Listeners).Select(i => new RetryingListener(server.Address, new Random(i), sessions: 2, isRestless: true))];
        await Task.WhenAll(listeners.Select(listener => listener.BeginAsync()));

        await KillUnderLoadAsync(server, listeners);

        foreach (var listener in listeners)
        {
            Assert.Equal(listener.Served.Count, listener.Served.Distinct().Count());
            foreach (var batch in listener.Acknowledged)
            {
                var again = await listener.PostAgainAsync(batch);
                Assert.Equal((0, batch.ArtworkIds.Length), (again.Recorded, again.Duplicates));
            }

            listener.Dispose();
        }

        var acknowledged = listeners.Sum(listener => listener.Acknowledged.Count);
        Assert.True(acknowledged > Kills * 20, $"only {acknowledged} batches were acknowledged");
        using var operatorClient = server.NewOperator();
        var legacy = await operatorClient.GetFromJsonAsync<JsonElement>("api/ops/legacy", TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 0), (
            legacy.GetProperty("impressionsWithoutViewedAt").GetInt64(),
            legacy.GetProperty("repeatedServes").GetInt64(),
            legacy.GetProperty("repeats").GetInt64()));
        TestContext.Current.SendDiagnosticMessage($"{acknowledged} acknowledged batches, {listeners.Sum(listener => listener.Served.Count)} artworks served, {Kills} kills");
    }

    private static async Task KillUnderLoadAsync(ServerProcess server, RetryingListener[] listeners)
    {
        var random = new Random(42);
        for (var kill = 0; kill < Kills; kill++)
        {
            var goal = listeners.Sum(listener => listener.Acknowledged.Count) + random.Next(20, 120);
            using var stop = new CancellationTokenSource();
            var load = listeners.Select(listener => listener.RunAsync(stop.Token)).ToArray();
            // In the middle of load: requests are in flight when enough have been answered.
            while (listeners.Sum(listener => listener.Acknowledged.Count) < goal)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            await server.KillAsync();
            await stop.CancelAsync();
            await server.StartAsync();
            await Task.WhenAll(load);
        }
    }

    [Fact]
    public async Task StoppedByItsOperatorTheServerAnswersWhatItHasTaken()
    {
        await using var server = new ServerProcess(Generous.Limits);
        await server.StartAsync();
        using var world = new RetryingListener(server.Address, new Random(1));
        await world.BeginAsync();
        using var stop = new CancellationTokenSource();
        var load = world.RunAsync(stop.Token);
        while (world.Acknowledged.Count < 20)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await server.StopAsync();
        await stop.CancelAsync();
        await server.StartAsync();
        await load;

        foreach (var batch in world.Acknowledged)
        {
            Assert.Equal(0, (await world.PostAgainAsync(batch)).Recorded);
        }
    }
}
