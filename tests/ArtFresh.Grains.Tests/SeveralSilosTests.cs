using ArtFresh.Contracts;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class SeveralSilosTests
{
    private const int Listeners = 30;

    [Fact]
    public async Task KilledSiloCostsNoRepeatAndNothingThatWasAcknowledged()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 3 });
        var listeners = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(i => Listener.BeginAsync(cluster, $"guest-{i}")));
        await Task.WhenAll(listeners.Select(listener => listener.TakeAndRecordAsync()));

        await cluster.KillSiloAsync(2);

        await Task.WhenAll(listeners.Select(listener => listener.TakeAndRecordAsync()));
        Assert.Equal(2, cluster.Silos);
        Assert.All(listeners, listener => Assert.Equal(listener.Served.Count, listener.Served.Distinct().Count()));
        foreach (var listener in listeners)
        {
            await listener.AssertAllIsKeptAsync();
        }

        var expected = listeners.SelectMany(listener => listener.Served).CountBy(id => id).ToArray();
        await Eventually.Async(async () =>
        {
            var views = await Task.WhenAll(expected.Select(artwork => cluster.Grains.GetGrain<IArtworkGrain>(artwork.Key).Describe()));
            return views.Select(view => (int)view!.ViewCount).SequenceEqual(expected.Select(artwork => artwork.Value));
        });
    }

    [Fact]
    public async Task SilosStartAndStopUnderLoadWithoutRepeatOrLoss()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var listeners = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(i => Listener.BeginAsync(cluster, $"guest-{i}")));
        foreach (var change in new Func<Task>[] { cluster.StartSiloAsync, cluster.StartSiloAsync, () => cluster.StopSiloAsync(1), cluster.RestartAsync })
        {
            await Task.WhenAll(listeners.Select(listener => listener.TakeAndRecordAsync()));
            await change();
        }

        await Task.WhenAll(listeners.Select(listener => listener.TakeAndRecordAsync()));
        Assert.All(listeners, listener => Assert.Equal(listener.Served.Count, listener.Served.Distinct().Count()));
        foreach (var listener in listeners)
        {
            await listener.AssertAllIsKeptAsync();
        }
    }

    /// <summary>Takes art, reports it, and repeats what failed under the same ids, as the browser's client does.</summary>
    private sealed class Listener(ArtFreshCluster cluster, string listenerId, Guid sessionId)
    {
        private readonly List<ImpressionBatch> _acknowledged = [];

        public List<long> Served { get; } = [];

        private IListenerSessionGrain Session => cluster.Session(listenerId, sessionId);

        public static async Task<Listener> BeginAsync(ArtFreshCluster cluster, string listenerId)
        {
            var listener = new Listener(cluster, listenerId, Guid.CreateVersion7());
            await listener.Session.Open("test");
            return listener;
        }

        public async Task TakeAndRecordAsync()
        {
            for (var turn = 0; turn < 3; turn++)
            {
                var wish = new FreshRequest(4, Mood.Neutral, Guid.CreateVersion7().ToString());
                var ids = (await UntilDoneAsync(() => Session.TakeFresh(wish), result => result.Outcome)).Artworks.Ids();
                var batch = SessionCalls.Batch(Served.Count + 1, ids);
                Served.AddRange(ids);
                await UntilDoneAsync(() => Session.RecordBatch(batch), result => result.Outcome);
                _acknowledged.Add(batch);
            }
        }

        public async Task AssertAllIsKeptAsync()
        {
            foreach (var batch in _acknowledged)
            {
                var again = await UntilDoneAsync(() => Session.RecordBatch(batch), result => result.Outcome);
                Assert.Equal((0, batch.ArtworkIds.Length, 0), (again.Recorded, again.Duplicates, again.Repeats));
            }
        }

        private static async Task<T> UntilDoneAsync<T>(Func<Task<T>> call, Func<T, SessionOutcome> outcome)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            while (true)
            {
                try
                {
                    var result = await call().WaitAsync(limit.Token);
                    if (outcome(result) == SessionOutcome.Done)
                    {
                        return result;
                    }

                    Assert.Equal(SessionOutcome.Unavailable, outcome(result));
                }
                catch (Exception fault) when (fault is UnavailableException or OrleansException or TimeoutException)
                {
                    // Its silo is gone, and the others do not all know it yet.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
    }
}
