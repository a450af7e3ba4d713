namespace ArtFresh.Api;

/// <summary>Finds out how much of earlier sessions has arrived, so that a client need not resend their impressions.</summary>
internal sealed class EarlierSessions(SessionTokens tokens, GrainCalls grains, TimeProvider clock)
{
    /// <summary>The longest delay of the batch's own answer. The client may ask again with its next batch.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The high water of each token's session. Skips tokens that are forged or expired, and sessions that do not answer; null if none is left.
    /// </summary>
    public async Task<EarlierBody[]?> AskAsync(string[] earlier)
    {
        var answers = await Task.WhenAll(earlier.Distinct().Select(AskAsync));
        var known = answers.OfType<EarlierBody>().ToArray();
        return known.Length > 0 ? known : null;
    }

    private async Task<EarlierBody?> AskAsync(string token)
    {
        if (token is null || tokens.Read(token) is not var (listenerId, sessionId))
        {
            return null;
        }
        try
        {
            var highWater = await grains.AskSession(listenerId, sessionId, session => session.HighWater()).WaitAsync(Patience, clock);
            return highWater is { } arrived ? new EarlierBody(sessionId, arrived) : null;
        }
        catch (Exception error) when (Faults.IsClusterAway(error))
        {
            // The batch is on disk, so its answer must not fail.
            return null;
        }
    }
}
