using ArtFresh.Contracts;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Devices of one person join while all of them ask for art and silos die.</summary>
public sealed class JoiningRacesTests
{
    private const string Account = "sub-b";
    private const int Devices = 6;
    private const int TurnsAfter = 3;

    [Fact]
    public async Task NothingIsServedTwiceToThePersonAndNothingIsLostWhileSilosDie()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 3 });
        var devices = Enumerable.Range(0, Devices).Select(i => new Device(cluster, $"guest-{i}")).ToArray();
        await Task.WhenAll(devices.Select(device => device.ShowAsync()));

        var joining = Task.WhenAll(devices.Select(device => device.JoinAndGoOnAsync()));
        await cluster.KillSiloAsync(2);
        await cluster.StartSiloAsync();
        await cluster.KillSiloAsync(1);
        await joining;

        // By when a request was sent: what was asked for before the device's guest had joined may be in what another guest had.
        Assert.All(devices, device => Assert.Equal(device.AsGuest.Count, device.AsGuest.Distinct().Count()));
        var asAccount = devices.SelectMany(device => device.AsAccount).ToArray();
        Assert.Equal(asAccount.Length, asAccount.Distinct().Count());
        Assert.All(devices, device => Assert.Empty(device.AsAccount.Intersect(device.AsGuest)));
        var joined = await Task.WhenAll(devices.Select(device => device.ShowAsAccountAsync()));
        Assert.Empty(joined.SelectMany(served => served).Intersect(devices.SelectMany(device => device.AsGuest)));
        await Task.WhenAll(devices.Select(device => device.AssertAllIsKeptAsync()));
        Assert.Equal((long)Devices, cluster.Count("select count(*) from listener_alias where account = 'sub-b'"));
        await cluster.VerifyAsync();
    }

    /// <summary>A client that shows art as a guest, signs in, and goes on; it repeats what failed under the same ids.</summary>
    private sealed class Device(ArtFreshCluster cluster, string guest)
    {
        private readonly List<(string Listener, Guid Session, ImpressionBatch Batch)> _acknowledged = [];

        public List<long> AsGuest { get; } = [];

        public List<long> AsAccount { get; } = [];

        public Task ShowAsync() => ShowAsync(guest, 4, AsGuest);

        /// <summary>Another session of the guest shows art until the guest has joined; then the account's does.</summary>
        public async Task JoinAndGoOnAsync()
        {
            var meanwhile = ShowAsync(guest, int.MaxValue, AsGuest);
            Assert.Equal(JoinOutcome.Joined, await JoinCalls.UntilDoneAsync(() => cluster.JoinAsync(guest, Account)));
            await ShowAsync(Account, TurnsAfter, AsAccount);
            await meanwhile;
        }

        /// <returns>What the account is served when all devices have joined.</returns>
        public async Task<IReadOnlyList<long>> ShowAsAccountAsync()
        {
            var served = new List<long>();
            await ShowAsync(Account, TurnsAfter, served);
            return served;
        }

        public async Task AssertAllIsKeptAsync()
        {
            foreach (var (listener, session, batch) in _acknowledged)
            {
                var again = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, session).RecordBatch(batch));
                Assert.Equal((SessionOutcome.Done, 0, batch.ArtworkIds.Length), (again.Outcome, again.Recorded, again.Duplicates));
            }
        }

        /// <summary>Shows art in a new session, until the turns are over or the listener is served no more.</summary>
        private async Task ShowAsync(string listener, int turns, List<long> served)
        {
            var sessionId = Guid.CreateVersion7();
            var opened = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, sessionId).Open("test"));
            for (var (turn, number) = (0, 1); turn < turns && opened.Outcome == SessionOutcome.Done; turn++)
            {
                var wish = new FreshRequest(4, Mood.Neutral, Guid.CreateVersion7().ToString());
                var fresh = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, sessionId).TakeFresh(wish));
                if (fresh.Outcome is SessionOutcome.Joined or SessionOutcome.SessionEnded)
                {
                    return;
                }

                Assert.Equal(SessionOutcome.Done, fresh.Outcome);
                var ids = fresh.Artworks.Ids();
                served.AddRange(ids);
                var batch = SessionCalls.Batch(number, ids);
                var recorded = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, sessionId).RecordBatch(batch));
                Assert.Equal((SessionOutcome.Done, 0), (recorded.Outcome, recorded.Unserved));
                _acknowledged.Add((listener, sessionId, batch));
                number += ids.Length;
            }
        }
    }
}
