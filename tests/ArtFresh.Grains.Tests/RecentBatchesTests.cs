using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class RecentBatchesTests
{
    private const long Writer = 7;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly RecentBatches _recent = new();

    [Fact]
    public void BatchesAreReturnedOnceAndInOrder()
    {
        AddUpTo(1, 9);

        Assert.Equal([1, 2], Positions(_recent.Take(Writer, 0, 2)));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], Positions(_recent.Take(Writer, 2, 10)));
        Assert.Empty(_recent.Take(Writer, 9, 10)!);
        AddUpTo(10, 10);
        Assert.Equal([10], Positions(_recent.Take(Writer, 9, 10)));
    }

    [Fact]
    public void TakenBatchesAreReadFromTheLedgerTheNextTime()
    {
        AddUpTo(1, 9);
        Assert.NotEmpty(_recent.Take(Writer, 0, 5)!);

        // Taken, and then not written.
        Assert.Null(_recent.Take(Writer, 0, 10));
        Assert.Equal([8, 9], Positions(_recent.Take(Writer, 7, 10)));
    }

    [Fact]
    public void BatchesThatAnotherTallyAddedUpAreSkipped()
    {
        AddUpTo(1, 4);

        // Its checkpoint is ahead of what this silo's writer has handed over.
        Assert.Empty(_recent.Take(Writer, 6, 10)!);
        AddUpTo(5, 8);

        Assert.Equal([7, 8], Positions(_recent.Take(Writer, 6, 10)));
    }

    [Fact]
    public void OtherWritersAreReadFromTheLedgerAndANewWriterBeginsAnew()
    {
        AddUpTo(1, 3);
        Assert.Null(_recent.Take(Writer + 1, 0, 10));

        _recent.Add(Writer + 1, 1, Batch(1));

        Assert.Equal(Writer + 1, _recent.WriterNumber);
        Assert.Null(_recent.Take(Writer, 3, 10));
        Assert.Equal([1], Positions(_recent.Take(Writer + 1, 0, 10)));
    }

    [Fact]
    public void FullWindowIsEmptied()
    {
        AddUpTo(1, RecentBatches.BatchesMax + 2);

        Assert.Null(_recent.Take(Writer, 0, 10));
        Assert.Equal([RecentBatches.BatchesMax + 1L, RecentBatches.BatchesMax + 2L], Positions(_recent.Take(Writer, RecentBatches.BatchesMax, 10)));
    }

    [Fact]
    public async Task AnyNumberOfBatchesSignalsOnce()
    {
        AddUpTo(1, 3);

        Assert.True(_recent.ArrivedAsync(Stop).IsCompletedSuccessfully);
        var next = _recent.ArrivedAsync(Stop);
        Assert.False(next.IsCompleted);
        _recent.SignalAgain();
        await next;
    }

    [Fact]
    public void EachBatchHasItsOwnArtworksWithoutThoseNotRecorded()
    {
        AddUpTo(1, 1);
        int[] sizes = [50, 8_100, 43, 9_000, 0, 7];
        foreach (var (i, size) in sizes.Index())
        {
            _recent.Add(Writer, i + 2, Batch(i + 2, size, repeats: i % 2 == 1));
        }

        var taken = _recent.Take(Writer, 1, 10)!;

        foreach (var (i, size) in sizes.Index())
        {
            Assert.Equal(Enumerable.Range(i + 2, size).Select(id => (long)id), taken[i].Recorded.ToArray());
            Assert.Equal(i % 2 == 1, taken[i].Impressions is not null);
        }
    }

    [Fact]
    public async Task RecentBatchesAddUpAsTheLedgersDoEvenAfterAFailedTally()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(4)).Ids();
        for (var i = 0; i < ids.Length; i++)
        {
            if (i == 2)
            {
                silo.Faults.FailNext<TallyAdvanced>();
            }

            await session.Record(i + 1, [ids[i]]);
            await Eventually.Async(async () => (await silo.Grains.GetGrain<IArtworkGrain>(ids[i]).Describe())!.ViewCount == 1);
        }

        var counters = await silo.ServicesOf(0).GetRequiredService<ILedgerFigures>().ReadCountersAsync(DateTimeOffset.UnixEpoch, "test", TestContext.Current.CancellationToken);
        Assert.Equal(4, counters.Where(counter => counter.Counter == nameof(KpiCounts.ImpressionsRecorded)).Sum(counter => counter.Amount));
        Assert.Equal(4, counters.Where(counter => counter.Counter == nameof(KpiCounts.SessionRecorded)).Sum(counter => counter.Amount));
    }

    [Fact]
    public async Task BatchWhoseCommitAnswerWasLostIsAddedUpFromTheLedger()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync("guest-a");
        var ids = (await session.Take(4)).Ids();
        for (var i = 0; i < ids.Length; i++)
        {
            if (i == ids.Length - 1)
            {
                silo.Faults.LoseNextAnswers<BatchRecorded>();
            }

            await session.Record(i + 1, [ids[i]]);
            // Nothing follows the last, which its writer believes to have failed.
            await Eventually.Async(async () => (await silo.Grains.GetGrain<IArtworkGrain>(ids[i]).Describe())!.ViewCount == 1);
        }
    }

    private static long[] Positions(IReadOnlyList<LoggedBatch>? batches) => [.. batches!.Select(batch => batch.Position)];

    /// <summary>Of as many artworks as ids, and a repeat where that is asked for.</summary>
    private static BatchRecorded Batch(long position, int ids = 1, bool repeats = false)
    {
        var recorded = Enumerable.Range(0, ids).Select(i => position + i).ToImmutableArray();
        var impressions = recorded.Select((id, i) => new PackedImpression(i + 1, id, ImpressionOutcome.Recorded));
        return new BatchRecorded(
            Guid.Empty, "test", DateTimeOffset.UnixEpoch, position, Guid.Empty, DateTimeOffset.UnixEpoch,
            PackedImpressions.Pack([.. impressions, .. repeats ? new[] { new PackedImpression(ids + 1, 1, ImpressionOutcome.Repeat) } : []]), recorded, null, 0, 0, null);
    }

    private void AddUpTo(long first, long last)
    {
        for (var position = first; position <= last; position++)
        {
            _recent.Add(Writer, position, Batch(position));
        }
    }
}
