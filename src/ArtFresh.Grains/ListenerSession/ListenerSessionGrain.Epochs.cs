using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>What a session does when the ledger has gone back: nothing from memory.</summary>
public sealed partial class ListenerSessionGrain
{
    private long _epoch;
    private long _lostSince;

    /// <inheritdoc/>
    public async Task<SessionOutcome> Reopen()
    {
        if (IsOutdated())
        {
            return SessionOutcome.Unavailable;
        }

        if (_impressions is not null)
        {
            return SessionOutcome.Done;
        }

        if (await services.Erasures.IsErasedAsync(ListenerId, CancellationToken.None))
        {
            DeactivateOnIdle();
            return SessionOutcome.ListenerErased;
        }

        if (await services.History.FindListenerAsync(_sessionId, CancellationToken.None) is not null)
        {
            // The ledger has not lost it: it is another listener's.
            DeactivateOnIdle();
            return SessionOutcome.SessionNotFound;
        }

        var openedAt = SessionKey.OpenedAt(_sessionId);
        if (services.Epochs.Known.LostSince(openedAt) == 0)
        {
            // The first sign of a loss that nothing else has shown: a volume was set back while no server ran.
            await services.Epochs.FoundBehindAsync(LedgerEpoch.Older + "a session that was opened is not in the ledger", CancellationToken.None);
            _epoch = services.Epochs.Known.Current;
        }

        var verdict = await services.Ledger.AppendAsync(
            new SessionOpened(ListenerId, _sessionId, ReleaseName.Unknown, openedAt, services.Clock.GetUtcNow()), _epoch);
        if (verdict == LedgerVerdict.Unavailable)
        {
            return SessionOutcome.Unavailable;
        }

        await LoadAsync(CancellationToken.None);
        if (_impressions is not null)
        {
            LogReopened(services.Logger, _sessionId);
            return SessionOutcome.Done;
        }

        DeactivateOnIdle();
        return SessionOutcome.SessionNotFound;
    }

    /// <summary>Whether the ledger may have lost rows that this activation's memory was made from. The next activation reads those that there are.</summary>
    private bool IsOutdated()
    {
        if (_epoch == services.Epochs.Known.Current)
        {
            return false;
        }

        DeactivateOnIdle();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} was opened, and the ledger has lost it; it is opened again for what its client kept")]
    private static partial void LogReopened(ILogger logger, Guid sessionId);
}
