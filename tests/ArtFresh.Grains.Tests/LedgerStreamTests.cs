using System.Threading.Channels;
using ArtFresh.Client;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class LedgerStreamTests
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CommittedBatchesArePublishedToSubscribersOutsideTheSilos()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var published = Channel.CreateUnbounded<BatchesCommitted>();
        await silo.Client.SubscribeToImpressionsAsync(committed => published.Writer.WriteAsync(committed, Stop).AsTask());
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(3)).Ids();

        await session.Record(1, ids);

        var committed = await published.Reader.ReadAsync(Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Stop);
        Assert.Equal(1, committed.Position);
        var rows = await silo.ServicesOf(0).GetRequiredService<IImpressionLog>().ReadBatchesAsync(committed.WriterNumber, 0, 10, Stop);
        Assert.Equal(committed.Position, Assert.Single(rows).Position);
    }

    /// <summary>Nothing on a stream leads to a tally: one that never hears of its writer's batches has them from the writer itself.</summary>
    [Fact]
    public async Task BatchesAreAddedUpWithoutAMessageAndWithoutASweep()
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { SweepDelay = Never });
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(3)).Ids();

        await session.Record(1, ids);

        await Eventually.Async(async () => (await silo.Grains.GetGrain<IArtworkGrain>(ids[2]).Describe())!.ViewCount == 1);
    }

    [Fact]
    public async Task LastBatchesAreAddedUpBeforeTheSiloStops()
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { SweepDelay = Never });
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(3)).Ids();
        await session.Record(1, ids[..1]);
        await session.Record(2, ids[1..]);

        await silo.StopAsync();

        using var database = silo.Ledger.Open();
        using var command = database.CreateCommand();
        command.CommandText = "select sum(amount) from release_counter where counter = 'ImpressionsRecorded'";
        Assert.Equal(3L, command.ExecuteScalar());
    }

    /// <summary>As a silo of the release before does for a writer of this one: the checkpoint lets one of the two through.</summary>
    [Fact]
    public async Task AnotherTallyOfTheSameWriterIsFencedAndNothingIsCountedTwice()
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { SweepDelay = Never });
        var services = silo.ServicesOf(0);
        var log = services.GetRequiredService<IImpressionLog>();
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(4)).Ids();
        long writer;
        using (silo.Faults.Hold<TallyAdvanced>())
        {
            await session.Record(1, ids[..3]);
            writer = services.GetRequiredService<RecentBatches>().WriterNumber;
            var views = new ViewSums();
            views.Add(ids.AsSpan(0, 3), DateTimeOffset.UnixEpoch);
            Assert.True(await services.GetRequiredService<SqliteLedger>().AdvanceAsync(new TallyAdvanced(writer, 0, 1, views, [], []), Stop));
        }

        await session.Record(4, ids[3..]);

        await Eventually.Async(async () => await log.ReadCheckpointAsync(writer, Stop) == 2);
        foreach (var id in ids)
        {
            await Eventually.Async(async () => (await silo.Grains.GetGrain<IArtworkGrain>(id).Describe())!.ViewCount == 1);
        }
    }

    [Fact]
    public async Task BatchesOfADeadWriterAreFoundInTheLedger()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(3)).Ids();
        await CommitOfDeadWriterAsync(silo, [ids[0]]);

        await Eventually.Async(async () => (await silo.Grains.GetGrain<IArtworkGrain>(ids[0]).Describe())!.ViewCount == 1);
    }

    [Fact]
    public async Task MoreBatchesThanOnePortionAreAddedUpTogether()
    {
        const int BatchCount = 4_500;
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(3)).Ids();

        // Two artworks in turn, and the third in the last batch alone.
        var writer = await CommitOfDeadWriterAsync(silo, [.. Enumerable.Range(0, BatchCount - 1).Select(i => ids[i % 2]), ids[2]]);

        var log = silo.ServicesOf(0).GetRequiredService<IImpressionLog>();
        await Eventually.Async(async () => await log.ReadCheckpointAsync(writer, TestContext.Current.CancellationToken) == BatchCount);
        foreach (var (id, views) in ids.Zip([2_250L, 2_249L, 1L]))
        {
            await Eventually.Async(async () => (await silo.Grains.GetGrain<IArtworkGrain>(id).Describe())!.ViewCount == views);
        }

        var counters = await silo.ServicesOf(0).GetRequiredService<ILedgerFigures>().ReadCountersAsync(DateTimeOffset.UnixEpoch, "test", TestContext.Current.CancellationToken);
        Assert.Equal(BatchCount, counters.Where(counter => counter.Counter == nameof(KpiCounts.ImpressionsRecorded)).Sum(counter => counter.Amount));
    }

    [Fact]
    public async Task NewArtworksReachTheirPoolOnTheStream()
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { RefreshDelay = Never } });
        var cell = MoodGrid.CellOf(Mood.Neutral);
        await (await silo.OpenSessionAsync("guest-a")).Take(1);
        var imported = new NewArtwork(cell, Mood.Neutral, "images-model", null, new string('a', 64), new string('b', 64), null, "A cat", "Somebody", "cat.svg");

        await silo.Writer().AppendAsync(new ArtworksMade([imported], DateTimeOffset.UnixEpoch));

        await Eventually.Async(async () =>
        {
            var stretch = await silo.Grains.GetGrain<IMoodPoolGrain>(cell).ReadStretch(0, 500);
            return stretch.Artworks.Any(artwork => artwork.Generator == "images-model");
        });
    }

    /// <summary>Batches of one artwork each, in a session of their own, by a writer that tells nobody.</summary>
    private static async Task<long> CommitOfDeadWriterAsync(ArtFreshCluster silo, long[] artworkIds)
    {
        var ledger = silo.ServicesOf(0).GetRequiredService<SqliteLedger>();
        var dead = await ledger.StartWriterAsync(TestContext.Current.CancellationToken);
        var sessionId = Guid.CreateVersion7();
        var batches = artworkIds.Select((artworkId, i) => new BatchRecorded(
            sessionId, "test", DateTimeOffset.UnixEpoch, i + 1, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch,
            PackedImpressions.Pack([new(i + 1, artworkId, ImpressionOutcome.Recorded)]), [artworkId], null, 0, 0, null));
        var opened = new SessionOpened("guest-b", sessionId, "test", DateTimeOffset.UnixEpoch);
        Assert.All(
            await ledger.CommitAsync(new CommitGroup(dead, 1, [opened, .. batches], new ArtworkSet()), TestContext.Current.CancellationToken),
            verdict => Assert.Equal(LedgerVerdict.Committed, verdict));
        return dead;
    }
}
