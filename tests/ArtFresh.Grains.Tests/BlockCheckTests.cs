using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>The check of committed blocks, with a fault in the listener's grain.</summary>
public sealed class BlockCheckTests
{
    private const string Listener = "guest-a";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The grain filters by its set, so only the ledger shows what the set lacks.</summary>
    [Fact]
    public async Task ArtworksServedTwiceByAForgetfulGrainAreFoundAndFailTheRelease()
    {
        var isForgetful = false;
        await using var silo = await ArtFreshCluster.StartAsync(new ArtFreshClusterOptions
        {
            ConfigureSilo = host => host.Services.AddSingleton<IListenerHistory>(
                provider => new ForgetfulHistory((IListenerHistory)provider.GetRequiredService<ISessionHistory>(), () => isForgetful)),
        });
        var before = (await (await silo.OpenSessionAsync(Listener, "r1")).Take(16)).Ids();
        await silo.StopAsync();
        silo.Execute("delete from grain_state");
        isForgetful = true;
        await silo.RestartAsync();

        var again = (await (await silo.OpenSessionAsync(Listener, "r1")).Take(50)).Ids();

        Assert.Empty(before.Except(again));
        await Eventually.Async(async () => (await ServedTwiceAsync(silo)).Sum(counter => counter.Amount) >= 16);
        Assert.Equal("r1", (await ServedTwiceAsync(silo)).Single().Release);
        var watch = silo.Grains.GetGrain<IReleaseWatchGrain>(0);
        await watch.Judge();
        Assert.Equal("fail", (await watch.ShowReleases()).Single().Verdict);
    }

    [Fact]
    public async Task ArtworksThatTheBlockCountedAreNotCountedAgain()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync(Listener, "r1");
        var ids = (await session.Take(2)).Ids();
        var (_, sessionId) = SessionKey.Parse(session.GetPrimaryKeyString());
        var last = (await silo.ServicesOf(0).GetRequiredService<IListenerHistory>().ReadBlocksAsync(Listener, 0, Stop))[^1].BlockNumber;

        await silo.Writer().AppendAsync(new BlockLogged(Listener, last + 1, BlockKind.SetAside, sessionId, [.. ids], [], TimeProvider.System.GetUtcNow(), ServedTwice: 2));
        await silo.Writer().AppendAsync(new BlockLogged(Listener, last + 2, BlockKind.SetAside, sessionId, [.. ids], [], TimeProvider.System.GetUtcNow(), ServedTwice: 1));

        // The second block counted one of its two artworks, so the check adds one. It has checked the first block by then, and added nothing.
        await Eventually.Async(async () => (await ServedTwiceAsync(silo)).Sum(counter => counter.Amount) == 4);
    }

    /// <summary>Whoever is served a lot has one place in the queue: the others' blocks stay in it.</summary>
    [Fact]
    public async Task ListenerWithManyBlocksDisplacesNobody()
    {
        var blocks = new UncheckedBlocks();
        blocks.Add(Block("guest-honest", 1));
        for (var number = 1; number <= 10_000; number++)
        {
            blocks.Add(Block("guest-flood", number));
        }

        blocks.Add(Block("guest-late", 1));

        Assert.Equal("guest-honest", Assert.Single(await blocks.TakeAsync(Stop)).ListenerId);
        Assert.Equal(Enumerable.Range(10_000 - 15, 16).Select(number => (long)number), (await blocks.TakeAsync(Stop)).Select(block => block.BlockNumber));
        Assert.Equal("guest-late", Assert.Single(await blocks.TakeAsync(Stop)).ListenerId);
    }

    [Fact]
    public async Task ListenersBeyondTheLimitDropTheOldestAndItsBlocks()
    {
        var blocks = new UncheckedBlocks();
        foreach (var listener in Enumerable.Range(0, UncheckedBlocks.ListenersMax + 2))
        {
            blocks.Add(Block($"guest-{listener}", 1));
        }

        blocks.Add(Block("guest-0", 2));

        Assert.Equal("guest-3", Assert.Single(await blocks.TakeAsync(Stop)).ListenerId);
    }

    private static BlockLogged Block(string listener, long number) =>
        new(listener, number, BlockKind.SetAside, Guid.Empty, [number], [], DateTimeOffset.UnixEpoch);

    private static async Task<IEnumerable<CounterAdded>> ServedTwiceAsync(ArtFreshCluster silo) =>
        (await silo.ServicesOf(0).GetRequiredService<ILedgerFigures>().ReadCountersAsync(DateTimeOffset.UnixEpoch, null, Stop))
        .Where(counter => counter.Counter == ReleaseCounters.ServedTwice);

    /// <summary>A listener's history without its artworks.</summary>
    private sealed class ForgetfulHistory(IListenerHistory history, Func<bool> isForgetful) : IListenerHistory
    {
        public async Task<ListenerRead> ReadLogAsync(string listenerId, long without, CancellationToken cancellationToken)
        {
            var read = await history.ReadLogAsync(listenerId, isForgetful() ? 3 : without, cancellationToken);
            return isForgetful() ? read with { Blocks = [.. read.Blocks.Select(block => block with { ArtworkIds = [] })] } : read;
        }

        public Task<StoredSnapshot?> ReadSnapshotAsync(string listenerId, int slot, CancellationToken cancellationToken) => history.ReadSnapshotAsync(listenerId, slot, cancellationToken);

        public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken)
        {
            var blocks = await history.ReadBlocksAsync(listenerId, afterBlockNumber, cancellationToken);
            return isForgetful() ? [.. blocks.Select(block => block with { ArtworkIds = [] })] : blocks;
        }

        public Task<IReadOnlyList<LoggedBlock>> ReadBlocksBackAsync(string listenerId, long beforeBlockNumber, int count, CancellationToken cancellationToken) =>
            history.ReadBlocksBackAsync(listenerId, beforeBlockNumber, count, cancellationToken);

        public Task<IReadOnlyList<Guid>> ReadServingSessionsAsync(string listenerId, DateTimeOffset from, CancellationToken cancellationToken) =>
            history.ReadServingSessionsAsync(listenerId, from, cancellationToken);
    }
}
