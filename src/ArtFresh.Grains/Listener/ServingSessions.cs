using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>A listener's sessions that may hold the unserved rest of a block.</summary>
internal sealed class ServingSessions(IListenerHistory history, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Calls at once.</summary>
    private const int CallsMax = 32;

    /// <summary>Ends the sessions; each gives back what it has not served. One that cannot be reached is left: it ends when it asks for its next block.</summary>
    public async Task FinishAsync(string listenerId) => await CallAsync(listenerId, session => session.Finish([]));

    /// <summary>Takes the rest of their blocks away.</summary>
    /// <param name="listenerId">Whose sessions.</param>
    /// <param name="blockNumber">The listener's last block.</param>
    /// <returns>What each held; null if one could not be reached and may still serve it.</returns>
    public async Task<IReadOnlyList<(Guid SessionId, ImmutableArray<long> ArtworkIds)>?> EndBlocksAsync(string listenerId, long blockNumber)
    {
        var called = await CallAsync(listenerId, session => session.EndBlock(blockNumber));
        return called.Any(call => !call.IsDone) ? null : [.. called.Select(call => (call.SessionId, call.Answer))];
    }

    private async Task<List<(Guid SessionId, bool IsDone, T? Answer)>> CallAsync<T>(string listenerId, Func<IListenerSessionGrain, Task<T>> call)
    {
        var answers = new List<(Guid, bool, T?)>();
        var sessions = await history.ReadServingSessionsAsync(listenerId, BlockEnding.ServedSince(clock.GetUtcNow()), CancellationToken.None);
        foreach (var some in sessions.Chunk(CallsMax))
        {
            answers.AddRange(await Task.WhenAll(some.Select(TryAsync)));
        }

        return answers;

        async Task<(Guid, bool, T?)> TryAsync(Guid sessionId)
        {
            try
            {
                return (sessionId, true, await call(grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, sessionId))));
            }
            catch (Exception away) when (away is OrleansException or TimeoutException or OperationCanceledException or UnavailableException || OlderSilo.LacksMethod(away))
            {
                return (sessionId, false, default);
            }
        }
    }
}
