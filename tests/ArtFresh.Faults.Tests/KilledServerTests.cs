using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.Server.Process;
using Xunit;

namespace ArtFresh.Faults.Tests;

public sealed class KilledServerTests
{
    private const int Kills = 10;
    private const int Listeners = 8;

    private static readonly string[] Generous =
    [
        "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000",
        "--ArtFresh:Limits:SignInsPerMinute", "100000",
    ];

    [Fact]
    public async Task KilledTenTimesUnderLoadTheServerServesNothingTwiceAndKeepsWhatItAcknowledged()
    {
        await using var server = new ServerProcess(Generous);
        await server.StartAsync();
        var worlds = new List<ListenerWorld>();
        for (var i = 0; i < Listeners; i++)
        {
            var world = new ListenerWorld(server.Address, new Random(i));
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
            await Task.WhenAll(load);
            await server.StartAsync();
        }

        var acknowledged = 0;
        foreach (var world in worlds)
        {
            Assert.Equal(world.Served.Count, world.Served.Distinct().Count());
            foreach (var batch in world.Acknowledged)
            {
                using var again = await world.Client.PostBatchAsync(batch);
                var counts = await again.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, again.StatusCode);
                Assert.Equal((0, batch.ArtworkIds.Length), (counts.GetProperty("recorded").GetInt32(), counts.GetProperty("duplicates").GetInt32()));
                acknowledged++;
            }

            world.Dispose();
        }

        Assert.True(acknowledged > Kills * 20, $"only {acknowledged} batches were acknowledged");
        using var operatorClient = new HttpListenerClient(server.Address);
        var legacy = await operatorClient.GetAsync("api/ops/legacy");
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
        using var world = new ListenerWorld(server.Address, new Random(1));
        await world.BeginAsync();
        using var stop = new CancellationTokenSource();
        var load = world.RunAsync(stop.Token);
        while (world.Acknowledged.Count < 20)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await server.StopAsync();
        await stop.CancelAsync();
        await load;
        await server.StartAsync();

        foreach (var batch in world.Acknowledged)
        {
            using var again = await world.Client.PostBatchAsync(batch);
            Assert.Equal(0, (await again.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("recorded").GetInt32());
        }
    }

    /// <summary>One listener with two sessions, who takes art and reports it until told to stop or the server is gone.</summary>
    private sealed class ListenerWorld(Uri address, Random random) : IDisposable
    {
        private readonly string[] _sessions = new string[2];
        private readonly long[] _numbers = [1, 1];
        private readonly Queue<PostedBatch> _unacknowledged = new();

        public HttpListenerClient Client { get; } = new(address);

        public ConcurrentQueue<long> Served { get; } = new();

        public ConcurrentQueue<PostedBatch> Acknowledged { get; } = new();

        public async Task BeginAsync()
        {
            await Client.SignInAsync();
            for (var i = 0; i < _sessions.Length; i++)
            {
                _sessions[i] = await Client.OpenAsync();
            }
        }

        public async Task RunAsync(CancellationToken stop)
        {
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    if (_unacknowledged.Count == 0)
                    {
                        var tab = random.Next(_sessions.Length);
                        var ids = await Client.FreshAsync(_sessions[tab], random.Next(1, 12), random.NextDouble(), random.NextDouble());
                        Array.ForEach(ids, Served.Enqueue);
                        _unacknowledged.Enqueue(new PostedBatch(_sessions[tab], Guid.CreateVersion7(), _numbers[tab], ids));
                        _numbers[tab] += ids.Length;
                    }

                    using var answer = await Client.PostBatchAsync(_unacknowledged.Peek());
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        Acknowledged.Enqueue(_unacknowledged.Dequeue());
                    }
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException or IOException)
            {
                // The server was killed: what was not acknowledged is sent again, as it was, after the restart.
            }
        }

        public void Dispose() => Client.Dispose();
    }
}
