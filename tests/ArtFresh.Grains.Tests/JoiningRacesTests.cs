using ArtFresh.Contracts;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Devices of one person, whose guests have seen much, join while all of them ask for art and silos die.</summary>
public sealed class JoiningRacesTests
{
    private const string Account = "sub-b";
    private const int Devices = 20;
    private const int SeenMax = 10_000;
    private const int TurnsBefore = 3;
    private const int TurnsAfter = 3;

    /// <summary>What the devices may be served besides what they have seen.</summary>
    private const int UnseenArtworks = 3_000;

    private long _clock;

    [Fact]
    public async Task NothingIsServedTwiceToThePersonAndNothingIsLostWhileSilosDie()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 3 });
        var catalogue = await JoinCalls.MakeAsync(cluster, (2 * SeenMax) + UnseenArtworks);
        var random = new Random(1);
        var devices = Enumerable.Range(0, Devices).Select(i => new Device(this, cluster, $"guest-{i}")).ToArray();
        foreach (var (i, device) in devices.Index())
        {
            // The first has seen most; what others have seen overlaps.
            await device.WriteHistoryAsync(catalogue, random.Next(SeenMax), i == 0 ? SeenMax : random.Next(1, SeenMax));
        }

        await Task.WhenAll(devices.Select(device => device.ShowAsync()));

        var joining = Task.WhenAll(devices.Select(device => device.JoinAndGoOnAsync()));
        await cluster.KillSiloAsync(2);
        await cluster.StartSiloAsync();
        await cluster.KillSiloAsync(1);
        await cluster.StartSiloAsync();
        await joining;
        await Task.WhenAll(devices.Select(device => device.ShowAsAccountAsync()));

        AssertNothingTwice(devices);
        await Task.WhenAll(devices.Select(device => device.AssertAllIsKeptAsync()));
        Assert.Equal((long)Devices, cluster.Count("select count(*) from listener_alias where account = 'sub-b'"));
        await cluster.VerifyAsync();
    }

    /// <summary>By when a request was sent: what was asked for before a guest had joined may be in what that guest had.</summary>
    private static void AssertNothingTwice(Device[] devices)
    {
        Assert.All(devices, device => Assert.Empty(device.AsGuest.SelectMany(answer => answer.Ids).Intersect(device.History)));
        Assert.All(devices, device => AssertDistinct(device.AsGuest));
        var asAccount = devices.SelectMany(device => device.AsAccount).ToArray();
        AssertDistinct(asAccount);
        foreach (var device in devices)
        {
            long[] had = [.. device.History, .. device.AsGuest.SelectMany(answer => answer.Ids)];
            Assert.Empty(asAccount.Where(answer => answer.AskedAt > device.JoinedAt).SelectMany(answer => answer.Ids).Intersect(had));
        }
    }

    private static void AssertDistinct(IEnumerable<Answer> answers)
    {
        var ids = answers.SelectMany(answer => answer.Ids).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    /// <summary>What a request was answered with.</summary>
    /// <param name="AskedAt">When it was sent, on the test's own clock, which counts requests and joinings.</param>
    private readonly record struct Answer(long AskedAt, long[] Ids);

    /// <summary>A client that shows art as a guest, signs in, and goes on; it repeats what failed under the same ids.</summary>
    private sealed class Device(JoiningRacesTests test, ArtFreshCluster cluster, string guest)
    {
        private readonly List<(string Listener, Guid Session, ImpressionBatch Batch)> _acknowledged = [];

        public long[] History { get; private set; } = [];

        public List<Answer> AsGuest { get; } = [];

        public List<Answer> AsAccount { get; } = [];

        /// <summary>When the joining was answered.</summary>
        public long JoinedAt { get; private set; }

        public async Task WriteHistoryAsync(long[] catalogue, int first, int count)
        {
            History = catalogue[first..(first + count)];
            _acknowledged.AddRange((await JoinCalls.WriteHistoryAsync(cluster, guest, History)).Select(written => (guest, written.Session, written.Batch)));
        }

        public Task ShowAsync() => ShowAsync(guest, TurnsBefore, AsGuest);

        /// <summary>Another session of the guest shows art until the guest has joined; then the account's does.</summary>
        public async Task JoinAndGoOnAsync()
        {
            var meanwhile = ShowAsync(guest, int.MaxValue, AsGuest);
            Assert.Equal(JoinOutcome.Joined, await JoinCalls.UntilDoneAsync(() => cluster.JoinAsync(guest, Account)));
            JoinedAt = Interlocked.Increment(ref test._clock);
            await ShowAsAccountAsync();
            await meanwhile;
        }

        public Task ShowAsAccountAsync() => ShowAsync(Account, TurnsAfter, AsAccount);

        public async Task AssertAllIsKeptAsync()
        {
            foreach (var (listener, session, batch) in _acknowledged)
            {
                var again = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, session).RecordBatch(batch));
                Assert.Equal((SessionOutcome.Done, 0, batch.ArtworkIds.Length), (again.Outcome, again.Recorded, again.Duplicates));
            }
        }

        /// <summary>Shows art in a new session, until the turns are over or the listener is served no more.</summary>
        private async Task ShowAsync(string listener, int turns, List<Answer> answers)
        {
            var sessionId = Guid.CreateVersion7();
            var opened = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, sessionId).Open("test"));
            for (var (turn, number) = (0, 1); turn < turns && opened.Outcome == SessionOutcome.Done; turn++)
            {
                var wish = new FreshRequest(4, Mood.Neutral, Guid.CreateVersion7().ToString());
                var askedAt = Interlocked.Increment(ref test._clock);
                var fresh = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, sessionId).TakeFresh(wish));
                if (fresh.Outcome is SessionOutcome.Joined or SessionOutcome.SessionEnded)
                {
                    return;
                }

                Assert.Equal(SessionOutcome.Done, fresh.Outcome);
                var ids = fresh.Artworks.Ids();
                answers.Add(new Answer(askedAt, ids));
                var batch = SessionCalls.Batch(number, ids);
                var recorded = await JoinCalls.UntilDoneAsync(() => cluster.Session(listener, sessionId).RecordBatch(batch));
                Assert.Equal((SessionOutcome.Done, 0), (recorded.Outcome, recorded.Unserved));
                _acknowledged.Add((listener, sessionId, batch));
                number += ids.Length;
            }
        }
    }
}
