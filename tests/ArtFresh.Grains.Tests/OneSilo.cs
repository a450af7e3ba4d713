using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>A cluster of one silo for all tests of a class.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    public ArtFreshCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await ArtFreshCluster.StartAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}

/// <summary>Short forms for tests.</summary>
internal static class SessionCalls
{
    public static LedgerWriter Writer(this ArtFreshCluster cluster) => cluster.ServicesOf(0).GetRequiredService<LedgerWriter>();

    /// <summary>Takes as many as wanted, however often it must ask: a busy machine draws too late. With a request id, what one request gets.</summary>
    public static async Task<ImmutableArray<Artwork>> Take(this IListenerSessionGrain session, int count, Mood? mood = null, string? requestId = null)
    {
        var taken = new List<Artwork>();
        await Eventually.Async(async () =>
        {
            var result = await session.TakeFresh(new FreshRequest(count - taken.Count, mood ?? Mood.Neutral, requestId));
            if (result.Outcome == SessionOutcome.Unavailable)
            {
                return false;
            }

            Assert.Equal(SessionOutcome.Done, result.Outcome);
            Assert.NotEmpty(result.Artworks);
            taken.AddRange(result.Artworks);
            return taken.Count >= count || requestId is not null;
        });
        return [.. taken];
    }

    public static ImpressionBatch Batch(long? firstNumber, params long[] artworkIds) =>
        new(Guid.CreateVersion7(), firstNumber, [.. artworkIds], [], null);

    public static Task<RecordBatchResult> Record(this IListenerSessionGrain session, long? firstNumber, params long[] artworkIds) =>
        session.RecordBatch(Batch(firstNumber, artworkIds));

    public static long[] Ids(this ImmutableArray<Artwork> artworks) => [.. artworks.Select(artwork => artwork.ArtworkId)];

    public static int Execute(this ArtFreshCluster cluster, string sql)
    {
        using var connection = cluster.Ledger.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }
}
