using ArtFresh.Client;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Samples.Tests;

/// <summary>How code that calls the grains is tested: on a cluster in the test's own process, with faults on demand.</summary>
public sealed class NeverTwiceTests
{
    [Fact]
    public async Task LostAnswerAndKilledSiloCostNoRepeat()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 3 });
        var session = await cluster.OpenSessionAsync("ann");
        var fresh = await session.TakeFresh(new FreshRequest(5, Mood.Neutral, "request-1"));
        var batch = new ImpressionBatch(Guid.CreateVersion7(), FirstNumber: 1, [.. fresh.Artworks.Select(artwork => artwork.ArtworkId)], [], Report: null);

        cluster.Faults.LoseNextAnswers<BatchRecorded>(); // or FailNext, or Hold until disposed
        Assert.Equal(SessionOutcome.Unavailable, (await session.RecordBatch(batch)).Outcome);
        await cluster.KillSiloAsync(2); // it commits nothing more
        await cluster.StartSiloAsync(); // another takes its place

        var retried = await RepeatAsync(() => session.RecordBatch(batch));
        var more = await RepeatAsync(() => session.TakeFresh(new FreshRequest(5, Mood.Neutral, "request-2")));

        Assert.Equal((SessionOutcome.Done, fresh.Artworks.Length), (retried.Outcome, retried.Recorded + retried.Duplicates));
        Assert.Empty(fresh.Artworks.Select(artwork => artwork.ArtworkId).Intersect(more.Artworks.Select(artwork => artwork.ArtworkId)));
    }

    [Fact]
    public async Task SubscriberHearsOfACommittedBatch()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var heard = new TaskCompletionSource<BatchesCommitted>(TaskCreationOptions.RunContinuationsAsynchronously);
        await cluster.Client.SubscribeToImpressionsAsync(committed =>
        {
            heard.TrySetResult(committed);
            return Task.CompletedTask;
        });
        var session = await cluster.OpenSessionAsync("ann");
        var fresh = await session.TakeFresh(new FreshRequest(1, Mood.Neutral, RequestId: null));

        await session.RecordBatch(new ImpressionBatch(Guid.CreateVersion7(), FirstNumber: 1, [fresh.Artworks[0].ArtworkId], [], Report: null));

        Assert.Equal(1, (await heard.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Position);
    }

    /// <summary>A call on its way to a silo that dies fails. A batch keeps its id and a request its own, so repeating them is safe.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call();
            }
            catch (OrleansException) when (tries < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }
}
