namespace ArtFresh.Api;

/// <summary>Tells a batch what has arrived of earlier sessions, so that a client need not send again to find out.</summary>
internal sealed class EarlierSessions(SessionTokens tokens, GrainCalls grains, TimeProvider clock)
{
    /// <summary>The batch's own answer waits no longer: what is not told now can be asked again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What each token's own session says. A token that is forged or expired, and a session that cannot be asked now, is left out; null
    /// where nothing can be told.
    /// </summary>
    public async Task<EarlierBody[]?> AskAsync(string[] earlier)
    {
        var told = await Task.WhenAll(earlier.Distinct().Select(AskAsync));
        var known = told.OfType<EarlierBody>().ToArray();
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
            // The batch is on disk, and its answer must not fail for this.
            return null;
        }
    }
}
