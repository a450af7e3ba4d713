using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class BatchAccountTests
{
    private static readonly Gen<BatchArrival> Arrivals = Gen.Select(
        Gen.Int[1, 40], Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Bool,
        (attempts, beacons, displayed, route, isHidden) => new BatchArrival(attempts + beacons, beacons, displayed, (DeliveryRoute)route, isHidden));

    [Fact]
    public void ImmediateSuccessCountsOneOfOne() => AssertSum([Fetch(1)], answered: 1, attempts: 1);

    [Fact]
    public void FailedTriesAreCountedWhenTheBatchArrives() => AssertSum([Fetch(5)], answered: 1, attempts: 5);

    /// <summary>The server has it after the first, but the client saw that fail.</summary>
    [Fact]
    public void LostAnswerCountsAsATryAndNotAsASecondSuccess() => AssertSum([Fetch(1), Fetch(2) with { Displayed = 0 }], answered: 1, attempts: 2);

    [Fact]
    public void ArrivedBeaconIsNotAnAwaitedTry() => AssertSum([Beacon(1, 1)], sent: 1, arrived: 1, flushes: 1);

    [Fact]
    public void ReplayReportsALostBeacon() => AssertSum([Fetch(2, beacons: 1)], answered: 1, attempts: 1, sent: 1, flushes: 1);

    [Fact]
    public void ArrivedBeaconAndItsReplayAreOneDelivery() =>
        AssertSum([Beacon(1, 1), Fetch(2, beacons: 1) with { Displayed = 0 }], answered: 1, attempts: 1, sent: 1, arrived: 1, flushes: 1);

    [Fact]
    public void BeaconAfterARefusedKeepaliveArrivesOnce() => AssertSum([Beacon(1, 1), Beacon(1, 1)], sent: 1, arrived: 1, flushes: 1);

    [Fact]
    public void PageThatEndedWithoutItsHookIsAMiss() => AssertSum([Fetch(1, beacons: 0)], answered: 1, attempts: 1, misses: 1);

    [Fact]
    public void RequestOfTheBrowserItselfCountsAsAMissedHook() =>
        AssertSum([new BatchArrival(1, null, 3, DeliveryRoute.AfterDeath, true), Fetch(1, beacons: 0) with { Displayed = 0 }], answered: 1, attempts: 1, misses: 1);

    [Fact]
    public void HookOfAPageWithoutAJournalFlushesByAnAwaitedRequest() =>
        AssertSum([Fetch(1) with { IsHidden = true }], answered: 1, attempts: 1, flushes: 1);

    [Fact]
    public void ProbeForArrivalsReportsNoDisplays()
    {
        var question = BatchAccount.Of(null, Fetch(2) with { Displayed = 0 });
        Assert.False(question.IsReported);
        var whole = BatchAccount.Of(question, Fetch(3));
        Assert.True(whole.IsReported);
        Assert.False(BatchAccount.Of(question + whole, Fetch(4)).IsReported);
    }

    [Fact]
    public void ClientWithoutACountOfTriesIsCountedByItsArrivals()
    {
        var first = BatchAccount.Of(null, default);
        var second = BatchAccount.Of(first, default);
        Assert.Equal((1, 1, true, false), (first.Attempts, second.Attempts, first.IsAnswered, second.IsAnswered));
    }

    [Fact]
    public void PackedAccountIsReadBack() => Arrivals.List[1, 6].Sample(arrivals =>
    {
        var sum = Sum(arrivals);
        Assert.Equal(sum, BatchAccount.Unpack(sum.Pack()));
        Assert.Equal(BatchAccount.Single, BatchAccount.Unpack(BatchAccount.Single.Pack()));
    });

    /// <summary>Whatever order they come in, no request is counted twice.</summary>
    [Fact]
    public void SumNeverExceedsTheClientsRequests() => Arrivals.List[1, 6].Sample(arrivals =>
    {
        var sum = Sum(arrivals);
        Assert.InRange(sum.BeaconsArrived, 0, sum.BeaconsSent);
        Assert.InRange(sum.BeaconsSent, 0, arrivals.Max(arrival => Math.Max(arrival.Beacons ?? 0, 1)));
        Assert.InRange(sum.Attempts, 0, arrivals.Max(arrival => arrival.Attempts ?? 0));
        Assert.False(sum is { IsHookFlush: true, IsHookMiss: true });
    });

    /// <summary>60 KiB of the smallest requests: what a page that hides hands to the browser at once, and may send again.</summary>
    [Fact]
    public void AllBatchesOfAnEndingPageAreRemembered()
    {
        var accounts = new BatchAccounts();
        Guid[] batches = [.. Enumerable.Range(0, 180).Select(_ => Guid.CreateVersion7())];
        foreach (var batch in batches)
        {
            accounts.Add(batch, BatchAccount.Of(accounts.Find(batch), Beacon(1, 1)).Pack());
        }

        Assert.All(batches, batch => Assert.NotNull(accounts.Find(batch)));
        Assert.False(BatchAccount.Of(accounts.Find(batches[0]), Fetch(2, beacons: 1)).IsFirst);
    }

    [Fact]
    public void BatchesWithIdsThatDifferInOneDigitAreDistinguished()
    {
        var accounts = new BatchAccounts();
        Guid[] batches = [.. Enumerable.Range(0, 32).Select(i => Guid.ParseExact(new string('0', i) + "1" + new string('0', 31 - i), "N"))];
        foreach (var batch in batches)
        {
            Assert.Null(accounts.Find(batch));
            accounts.Add(batch, BatchAccount.Of(null, Fetch(1)).Pack());
        }
    }

    [Fact]
    public void TheOldestAreForgottenBeyondTheLast256()
    {
        var accounts = new BatchAccounts();
        Guid[] batches = [.. Enumerable.Range(0, 600).Select(_ => Guid.CreateVersion7())];
        foreach (var batch in batches)
        {
            accounts.Add(batch, BatchAccount.Of(null, Fetch(1)).Pack());
            accounts.Add(batch, BatchAccount.Of(accounts.Find(batch), Fetch(2)).Pack());
        }

        accounts.Trim();
        Assert.All(batches[..^256], batch => Assert.Null(accounts.Find(batch)));
        Assert.All(batches[^256..], batch => Assert.Equal(2, accounts.Find(batch)?.Attempts));
    }

    private static BatchArrival Fetch(int attempts, int? beacons = null) => new(attempts, beacons, 3, DeliveryRoute.Awaited, false);

    private static BatchArrival Beacon(int attempts, int beacons) => new(attempts, beacons, 3, DeliveryRoute.Beacon, true);

    private static BatchAccount Sum(IEnumerable<BatchArrival> arrivals)
    {
        BatchAccount? sum = null;
        foreach (var arrival in arrivals)
        {
            var account = BatchAccount.Of(sum, arrival);
            sum = sum is { } before ? before + account : account;
        }

        return sum!.Value;
    }

    private static void AssertSum(
        BatchArrival[] arrivals, int answered = 0, int attempts = 0, int sent = 0, int arrived = 0, int flushes = 0, int misses = 0)
    {
        var sum = Sum(arrivals);
        Assert.Equal(
            (true, answered, attempts, sent, arrived, flushes, misses),
            (sum.IsFirst, sum.IsAnswered ? 1 : 0, sum.Attempts, sum.BeaconsSent, sum.BeaconsArrived, sum.IsHookFlush ? 1 : 0, sum.IsHookMiss ? 1 : 0));
    }
}
