namespace ArtFresh.Ledger;

/// <summary>A session of a listener.</summary>
/// <param name="EndedAt">Null while it is open.</param>
public sealed record RecordedSession(string ListenerId, Guid SessionId, string Release, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt);

/// <summary>A batch of a session, as it is stored.</summary>
/// <param name="Report">The client's report as JSON; null without one.</param>
/// <param name="Network">Daily hash of the sender's network; 0 if unknown.</param>
/// <param name="Revisits">How many of the batch's repeats were shown again on purpose.</param>
public sealed record RecordedBatch(
    long Number, DateTimeOffset ReceivedAt, byte[] Impressions, byte[]? DisplayedAt, Guid BatchId = default, string? Report = null, long Network = 0, long Revisits = 0);

/// <summary>An operator's strike of a listener's claims from the figures.</summary>
/// <param name="Network">Daily hash of the network that was struck, on <paramref name="Day"/>; 0 where the listener was.</param>
public readonly record struct RecordedStrike(long Network, DateOnly? Day, DateTimeOffset StruckAt);

/// <summary>An artwork that a listener keeps.</summary>
public readonly record struct KeptArtwork(long ArtworkId, DateTimeOffset KeptAt);

/// <summary>What is held of one listener's id, counted.</summary>
/// <param name="Served">Rows of what was served and given back.</param>
/// <param name="Snapshots">1 where the set of all of it is stored, packed.</param>
/// <param name="Joined">Guests who have joined the listener.</param>
/// <param name="Strikes">Strikes of the listener's claims by operators.</param>
public sealed record ListenerHoldings(long Sessions, long Batches, long Served, long Snapshots, long Kept, long Joined, long Strikes)
{
    /// <summary>All rows.</summary>
    public long Rows => Sessions + Batches + Served + Snapshots + Kept + Joined + Strikes;
}

/// <summary>What listeners ask of their own records. No read but <see cref="CountAsync"/> costs more for a longer history.</summary>
public interface IListenerRecords
{
    /// <summary>A listener's sessions up to one of them, the newest first.</summary>
    /// <param name="last">Null for the newest.</param>
    Task<IReadOnlyList<RecordedSession>> ReadSessionsBackAsync(string listenerId, Guid? last, int count, CancellationToken cancellationToken);

    /// <summary>A session's batches up to a number, the newest first.</summary>
    Task<IReadOnlyList<RecordedBatch>> ReadBatchesBackAsync(Guid sessionId, long lastNumber, int count, CancellationToken cancellationToken);

    /// <summary>Keeps an artwork for a listener. One that is kept stays as it is.</summary>
    /// <returns>False if the listener keeps as many as allowed.</returns>
    Task<bool> KeepAsync(string listenerId, KeptArtwork kept, int keptMax, CancellationToken cancellationToken);

    /// <summary>Keeps an artwork no longer.</summary>
    Task UnkeepAsync(IReadOnlyCollection<string> listenerIds, long artworkId, CancellationToken cancellationToken);

    /// <summary>What a listener keeps, the last kept first, before a place in that order.</summary>
    /// <param name="before">Null for the first.</param>
    Task<IReadOnlyList<KeptArtwork>> ReadKeptBackAsync(string listenerId, KeptArtwork? before, int count, CancellationToken cancellationToken);

    /// <summary>Which of these artworks any of these listeners keeps, and since when.</summary>
    Task<IReadOnlyList<KeptArtwork>> FindKeptAsync(IReadOnlyCollection<string> listenerIds, IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>Strikes of a listener's claims.</summary>
    Task<IReadOnlyList<RecordedStrike>> ReadStrikesAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>Counts what is held of a listener, guests who have joined it left out.</summary>
    Task<ListenerHoldings> CountAsync(string listenerId, CancellationToken cancellationToken);
}
