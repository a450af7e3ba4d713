using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Short forms for tests of joining.</summary>
internal static class JoinCalls
{
    private const int BlockArtworks = 128;
    private const int BatchArtworks = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>How long a call is waited for before it is made again, as front ends do: a caller does not learn that a silo has died.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    public static Task<JoinOutcome> JoinAsync(this ArtFreshCluster cluster, string guest, string account) => cluster.Grains.GetGrain<IListenerGrain>(account).Join(guest);

    public static object? Count(this ArtFreshCluster cluster, string sql)
    {
        using var connection = cluster.Ledger.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    /// <summary>Artworks in the pool of the neutral mood.</summary>
    public static async Task<long[]> MakeAsync(ArtFreshCluster cluster, int count)
    {
        var pool = MoodGrid.CellOf(Mood.Neutral);
        foreach (var some in Enumerable.Range(0, count).Chunk(1_000))
        {
            Assert.Equal(LedgerVerdict.Committed, await cluster.Writer().AppendAsync(new ArtworksMade(
                [.. some.Select(i => new NewArtwork(pool, Mood.Neutral, "neural", $"genome-{i}", null, null, i, "A title", null, null))], DateTimeOffset.UnixEpoch)));
        }

        var catalogue = cluster.ServicesOf(0).GetRequiredService<IArtworkCatalogue>();
        long[] ids = [.. Enumerable.Range(1, count).Select(id => (long)id)];
        Assert.Empty(await catalogue.FindMissingAsync([.. ids], CancellationToken.None));
        return ids;
    }

    /// <summary>Blocks and batches of a session that is over, as the ledger would hold them had the listener lived it.</summary>
    public static async Task<List<(Guid Session, ImpressionBatch Batch)>> WriteHistoryAsync(ArtFreshCluster cluster, string listener, long[] shown)
    {
        var (session, at) = (Guid.CreateVersion7(), DateTimeOffset.UnixEpoch.AddYears(50));
        var batches = shown.Chunk(BatchArtworks).Select((ids, i) => SessionCalls.Batch((i * BatchArtworks) + 1, ids)).ToList();
        List<LedgerEntry> entries = [new SessionOpened(listener, session, "test", at)];
        entries.AddRange(shown.Chunk(BlockArtworks).Select((ids, i) => new BlockLogged(listener, i + 1, BlockKind.SetAside, session, [.. ids], [], at)));
        entries.AddRange(batches.Select((batch, i) => new BatchRecorded(
            session, "test", at, i + 1, batch.BatchId, at,
            PackedImpressions.Pack([.. batch.ArtworkIds.Select((id, j) => new PackedImpression(batch.FirstNumber!.Value + j, id, ImpressionOutcome.Recorded))]),
            batch.ArtworkIds, null, 0, 0, null)));
        entries.Add(new SessionEnded(session, at));
        foreach (var entry in entries)
        {
            Assert.Equal(LedgerVerdict.Committed, await cluster.Writer().AppendAsync(entry));
        }

        return [.. batches.Select(batch => (session, batch))];
    }

    /// <summary>The number of the silo that a grain is on.</summary>
    public static async Task<int> SiloOfAsync(this ArtFreshCluster cluster, IAddressable grain)
    {
        var address = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        return Enumerable.Range(0, cluster.Silos).Single(silo => cluster.ServicesOf(silo).GetRequiredService<ILocalSiloDetails>().SiloAddress.Equals(address));
    }

    /// <summary>Every promise holds, by the whole ledger. What the tallies have not added up yet is nobody's fault.</summary>
    /// <param name="cluster">Whose ledger it is.</param>
    /// <param name="broken">The checks that find what the test has changed by hand.</param>
    public static async Task VerifyAsync(this ArtFreshCluster cluster, params string[] broken)
    {
        var report = new VerificationResult(rowsMax: 5);
        await cluster.Ledger.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, report, CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        Assert.True(
            report.All.Where(check => check.Faults > 0).Select(check => check.Name).SequenceEqual(broken), string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    /// <summary>Repeats a call while a silo that it needs is away.</summary>
    public static async Task<T> UntilDoneAsync<T>(Func<Task<T>> call)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                var answer = await call().WaitAsync(AnswerMax, TimeProvider.System, limit.Token);
                if (answer is not (JoinOutcome.Unavailable or TakeFreshResult { Outcome: SessionOutcome.Unavailable }
                    or RecordBatchResult { Outcome: SessionOutcome.Unavailable } or OpenSessionResult { Outcome: SessionOutcome.Unavailable }))
                {
                    return answer;
                }
            }
            catch (Exception fault) when (fault is UnavailableException or OrleansException or TimeoutException)
            {
                // Its silo is gone, and the others do not all know it yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
