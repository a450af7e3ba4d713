using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

public sealed class KilledServerTests
{
    private const int Listeners = 8;
    private static readonly int Kills = LongForm.IsOn ? 10 : 3;

    private static readonly string[] Generous =
    [
        "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000",
        "--ArtFresh:Limits:SignInsPerMinute", "100000", "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:ImpressionKilobytesPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000", "--ArtFresh:Limits:ListenersPerNetwork", "10000",
    ];

    [Fact]
    public async Task KilledAgainAndAgainUnderLoadTheServerServesNothingTwiceAndKeepsWhatItAcknowledged()
    {
        await using var server = new ServerProcess(Generous);
        await server.StartAsync();
        var worlds = new List<RetryingListener>();
        for (var i = 0; i < Listeners; i++)
        {
            var world = new RetryingListener(server.Address, new Random(i));
            await world.BeginAsync();
            worlds.Add(world);
        }

        var random = new Random(42);
        for (var kill = 0; kill < Kills; kill++)
        {
            var goal = worlds.Sum(world => world.Acknowledged.Count) + random.Next(20, 120);
            using var stop = new CancellationTokenSource();
            var load = worlds.Select(world => world.RunAsync(stop.Token)).ToArray();
            // In the middle of load: requests are in flight when enough have been answered.
            while (worlds.Sum(world => world.Acknowledged.Count) < goal)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            await server.KillAsync();
            await stop.CancelAsync();
            await server.StartAsync();
            await Task.WhenAll(load);
        }

        var acknowledged = 0;
        foreach (var world in worlds)
        {
            Assert.Equal(world.Served.Count, world.Served.Distinct().Count());
            foreach (var batch in world.Acknowledged)
            {
                var again = await world.PostAgainAsync(batch);
                Assert.Equal((0, batch.ArtworkIds.Length), (again.Recorded, again.Duplicates));
                acknowledged++;
            }

            world.Dispose();
        }

        Assert.True(acknowledged > Kills * 20, $"only {acknowledged} batches were acknowledged");
        using var operatorClient = server.NewOperator();
        var legacy = await operatorClient.GetFromJsonAsync<JsonElement>("api/ops/legacy", TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 0), (
            legacy.GetProperty("impressionsWithoutViewedAt").GetInt64(),
            legacy.GetProperty("repeatedServes").GetInt64(),
            legacy.GetProperty("repeats").GetInt64()));
        TestContext.Current.SendDiagnosticMessage($"{acknowledged} acknowledged batches, {worlds.Sum(world => world.Served.Count)} artworks served, {Kills} kills");
    }

    [Fact]
    public async Task StoppedByItsOperatorTheServerAnswersWhatItHasTaken()
    {
        await using var server = new ServerProcess(Generous);
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
