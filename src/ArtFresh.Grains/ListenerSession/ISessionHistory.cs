using ArtFresh.Freshness;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>What the ledger holds of one session.</summary>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Unshown">Artworks of its blocks that it has not shown, less those given back or taken over by another session.</param>
/// <param name="Seen">Artworks that it has shown.</param>
/// <param name="Numbers">Impression numbers that have arrived.</param>
/// <param name="LastBatchNumber">Number of its last batch row, 0 when there is none.</param>
/// <param name="Accounts">What its last batches have added to the key figures.</param>
/// <param name="GenomeGrant">Number of its grant of genome seeds, or null.</param>
public sealed record SessionHistory(
    string Release,
    DateTimeOffset OpenedAt,
    bool Ended,
    ArtworkSet Unshown,
    ArtworkSet Seen,
    NumberIntervals Numbers,
    long LastBatchNumber,
    BatchAccounts Accounts,
    long? GenomeGrant);

/// <summary>The ledger as a session's grain reads it.</summary>
public interface ISessionHistory
{
    /// <summary>The session's whole history, or null when the listener has no such session.</summary>
    /// <exception cref="Ledger.LedgerUnavailableException">The ledger cannot be read.</exception>
    Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken);

    /// <summary>The listener to whose session a grant of genome seeds was made, or null when there is no such grant.</summary>
    /// <exception cref="Ledger.LedgerUnavailableException">The ledger cannot be read.</exception>
    Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken);
}
