using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>A session that a listener names and that is of the same person by another name.</summary>
/// <param name="Steps">Joinings from that name to the listener; 0 where the listener has joined that name.</param>
internal sealed record OtherSession(IListenerSessionGrain Grain, int Steps)
{
    /// <summary>
    /// The session of a guest who has joined the listener, or, for an account, of the account that it has joined; null for no such session. A guest reaches no session of the
    /// account: whoever has the guest's cookie need not be signed in.
    /// </summary>
    public static async Task<OtherSession?> FindAsync(string listenerId, Guid sessionId, SessionServices services, IGrainFactory grains)
    {
        if (await services.History.FindListenerAsync(sessionId, CancellationToken.None) is not { } owner || owner == listenerId)
        {
            return null;
        }

        var steps = await services.Aliases.CountStepsAsync(owner, listenerId);
        return steps > 0 || (!ListenerNames.IsGuest(listenerId) && await services.Aliases.CountStepsAsync(listenerId, owner) > 0)
            ? new OtherSession(grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(owner, sessionId)), steps)
            : null;
    }

    /// <summary>
    /// Opens the session of a listener who has joined an account, as the account; null for one who has not. Refuses a guest: what proves that one is the guest does not prove
    /// that one is the account.
    /// </summary>
    public static async Task<OpenSessionResult?> OpenAsync(string listenerId, Guid sessionId, string release, SessionServices services, IGrainFactory grains) =>
        await services.Aliases.FindAliasAsync(listenerId, CancellationToken.None) is not { } alias ? null
        : ListenerNames.IsGuest(listenerId) ? new OpenSessionResult(SessionOutcome.Joined)
        : await grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(alias.Account, sessionId)).Open(release);

    /// <summary>Has a session give up artworks. A silo of the release before does not say which of them no answer had.</summary>
    public static Task<GivenUp> GiveUpAsync(IListenerSessionGrain session, ImmutableArray<long> artworkIds, long blockNumber) => OlderSilo.CallAsync(
        () => session.GiveUp(artworkIds, blockNumber), async () => new GivenUp(await session.Disown(artworkIds, blockNumber)));
}
