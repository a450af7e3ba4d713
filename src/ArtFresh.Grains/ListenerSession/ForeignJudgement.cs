using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>Asks a listener's grain, or that of the account that the listener has joined, to judge artworks that a session was not served.</summary>
internal static class ForeignJudgement
{
    /// <returns>The verdict, and the joinings from the listener to whose log it is in.</returns>
    public static async Task<(ClaimResult Claim, int Steps)> AskAsync(string listenerId, ForeignArtworks foreign, IGrainFactory grains)
    {
        var claim = await AskAsync(grains.GetGrain<IListenerGrain>(listenerId), foreign);
        var steps = 0;
        while (claim is { Outcome: SessionOutcome.Joined, JoinedTo: { } account } && steps < Aliases.StepsMax)
        {
            // The listener's log is closed: what the session claims is in the account's.
            steps++;
            claim = await AskAsync(grains.GetGrain<IListenerGrain>(account), foreign);
        }

        return (claim, steps);
    }

    private static Task<ClaimResult> AskAsync(IListenerGrain listener, ForeignArtworks foreign) =>
        OlderSilo.CallAsync(() => listener.JudgeForeign(foreign), () => listener.Claim(foreign.SessionId, foreign.ArtworkIds));
}
