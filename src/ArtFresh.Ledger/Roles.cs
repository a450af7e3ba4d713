using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

// The ledger as each of its readers sees it. All of them throw LedgerUnavailableException when the ledger cannot be read or written.

/// <summary>A row of a listener's log, as read back.</summary>
public sealed record LoggedBlock(
    long BlockNumber, BlockKind Kind, Guid SessionId, ImmutableArray<long> ArtworkIds, ImmutableArray<long> ReturnedIds);

/// <summary>The ledger as a listener's grain reads it.</summary>
public interface IListenerHistory
{
    /// <summary>The listener's rows after a block number, in order.</summary>
    Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken);

    /// <summary>The listener's last rows before a block number, the last first.</summary>
    Task<IReadOnlyList<LoggedBlock>> ReadBlocksBackAsync(string listenerId, long beforeBlockNumber, int count, CancellationToken cancellationToken);
}

/// <summary>Listeners' logs as the audit reads them: as they are stored, and not through what grains read.</summary>
public interface IBlockLog
{
    /// <summary>All rows of a listener, in order.</summary>
    Task<IReadOnlyList<BlockRow>> ReadBlockRowsAsync(string listenerId, CancellationToken cancellationToken);
}

/// <summary>What the ledger holds of one session.</summary>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Unshown">Artworks of its blocks that it has not shown, less those given back or taken over by another session.</param>
/// <param name="Seen">Artworks that it has shown.</param>
/// <param name="Numbers">Impression numbers that have arrived.</param>
/// <param name="LastBatchNumber">Number of its last batch row, 0 when there is none.</param>
/// <param name="Accounts">What its last batches have added to the key figures.</param>
/// <param name="GenomeGrant">Number of its grant of genome seeds, or null.</param>
/// <param name="CountedMissing">How many of its numbers are counted as missing.</param>
public sealed record SessionHistory(
    string Release,
    DateTimeOffset OpenedAt,
    bool Ended,
    ArtworkSet Unshown,
    ArtworkSet Seen,
    NumberIntervals Numbers,
    long LastBatchNumber,
    BatchAccounts Accounts,
    long? GenomeGrant,
    long CountedMissing = 0);

/// <summary>The ledger as a session's grain reads it.</summary>
public interface ISessionHistory
{
    /// <summary>The session's whole history, or null when the listener has no such session.</summary>
    Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken);

    /// <summary>The listener to whose session a grant of genome seeds was made, or null when there is no such grant.</summary>
    Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken);
}

/// <summary>The artworks table, read.</summary>
public interface IArtworkCatalogue
{
    /// <summary>Ids of a pool's artworks after an id, ascending.</summary>
    Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken);

    /// <summary>The artworks with these ids, ascending; ids without an artwork are left out.</summary>
    Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>Perceptual hashes of a pool's newest artworks.</summary>
    Task<long[]> ReadLooksAsync(int pool, int count, CancellationToken cancellationToken);

    /// <summary>The ids that no artwork has.</summary>
    Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>Whether an artwork was made from a file, or is shown by a picture, with this SHA-256.</summary>
    Task<bool> HasContentAsync(string contentHash, CancellationToken cancellationToken);

    /// <summary>The artworks made from these contents (SHA-256), by content; contents without an artwork are left out.</summary>
    Task<IReadOnlyDictionary<string, long>> FindContentsAsync(IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken);

    /// <summary>One artwork and its views, or null.</summary>
    Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken);
}

/// <summary>A batch row, as the tally reads it.</summary>
/// <param name="OpenedAt">When the batch's session was opened.</param>
/// <param name="Impressions">Packed; null where all were recorded, and are in <paramref name="Recorded"/>.</param>
/// <param name="Account">A packed <see cref="BatchAccount"/>; null for rows of a release that kept none.</param>
/// <param name="Recorded">Artworks of the recorded impressions, where they need not be unpacked.</param>
public readonly record struct LoggedBatch(
    long Position,
    string Release,
    DateTimeOffset OpenedAt,
    DateTimeOffset ReceivedAt,
    byte[]? Impressions,
    int Duplicates,
    DeliveryReport? Report,
    long? Account,
    ReadOnlyMemory<long> Recorded = default);

/// <summary>The ledger's batch rows in the order in which a writer committed them.</summary>
public interface IImpressionLog
{
    /// <summary>Writers with rows that no tally has added up.</summary>
    Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken);

    /// <summary>Position up to which a writer's rows are added up, 0 at first.</summary>
    Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken);

    /// <summary>A writer's rows after a position, in order.</summary>
    Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken);

    /// <summary>Those of the artworks that have no <c>viewed_at</c>.</summary>
    Task<long[]> FindUnviewedAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);
}

/// <summary>A session with numbers that have not arrived.</summary>
/// <param name="Missing">How many, 1 or more.</param>
/// <param name="EndedAt">Null while it is open.</param>
/// <param name="LastBatchAt">When its last batch arrived.</param>
public sealed record SessionGap(string Release, DateTimeOffset OpenedAt, long Missing, DateTimeOffset? EndedAt, DateTimeOffset LastBatchAt);

/// <summary>What operators read: counters, gaps, the legacy query and the state of the schema.</summary>
public interface ILedgerFigures
{
    /// <summary>Reads the whole ledger for legacy art. Its cost grows with the history.</summary>
    Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken);

    /// <summary>The number of the last script applied to the schema, and of the last that this program knows.</summary>
    Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>The counters of all releases, or of one, from an hour on.</summary>
    Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);

    /// <summary>Sessions opened at or after a time in whose numbers there are gaps, of all releases or of one.</summary>
    Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);
}

/// <summary>A failure of a release, written once.</summary>
/// <param name="Episode">1 for the first failure of the release, and so on.</param>
/// <param name="Evidence">The triggers as they stood, as JSON.</param>
/// <param name="Action">What was done about it; null until it is done.</param>
/// <param name="RecoveredAt">Null while it lasts.</param>
public sealed record ReleaseFailure(string Release, int Episode, DateTimeOffset FailedAt, string Evidence, string? Action, DateTimeOffset? RecoveredAt);

/// <summary>How a release's clients are to deliver.</summary>
public sealed record ReleasePolicy(string Release, Delivery Delivery, DateTimeOffset ChangedAt);

/// <summary>The first and the last hour in which a release was counted.</summary>
public sealed record ReleaseSeen(string Release, DateTimeOffset FirstHour, DateTimeOffset LastHour);

/// <summary>What an operator or a trigger does, before it has a number.</summary>
public sealed record OperatorAct(DateTimeOffset At, string Actor, string What, string? Release, string Detail);

/// <summary>The permanent record of what operators and triggers did.</summary>
public interface IOperatorAudit
{
    /// <summary>Adds a row; it is on disk when this returns.</summary>
    Task AppendAsync(OperatorAct act, CancellationToken cancellationToken);

    /// <summary>The latest rows, the latest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken);
}

/// <summary>What the release watch reads, and what it writes down.</summary>
public interface IReleaseLedger
{
    /// <summary>Policies that somebody has set; a release without one delivers batches.</summary>
    Task<IReadOnlyList<ReleasePolicy>> ReadPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Sets a policy and writes who did it, in one transaction.</summary>
    Task SetPolicyAsync(ReleasePolicy policy, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Releases with a counter in an hour of at least <paramref name="from"/>.</summary>
    Task<IReadOnlyList<ReleaseSeen>> ReadReleasesAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>The latest failure of each release.</summary>
    Task<IReadOnlyList<ReleaseFailure>> ReadFailuresAsync(CancellationToken cancellationToken);

    /// <summary>Writes a failure and the act that records it, in one transaction.</summary>
    /// <returns>False when that episode is written already: nothing was changed.</returns>
    Task<bool> WriteFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Completes a failure's row with its action or its end, and writes the act, in one transaction.</summary>
    Task UpdateFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>The counters of each minute from <paramref name="from"/> on; <c>Hour</c> is the minute.</summary>
    Task<IReadOnlyList<CounterAdded>> ReadMinutesAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>Deletes the minutes before <paramref name="before"/>.</summary>
    Task TrimMinutesAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>A grain's state, written whole.</summary>
/// <param name="Payload">Null for a state that was cleared.</param>
/// <param name="ExpectedVersion">The version that was read; 0 where nothing was ever written.</param>
public sealed record StateSaved(string StateName, string GrainKey, byte[]? Payload, long ExpectedVersion, DateTimeOffset SavedAt);

/// <summary>Grains' states in the ledger's database, for a ledger without grain storage of its own.</summary>
public interface IStateLog
{
    /// <summary>The last payload, or null; and its version, 0 where nothing was ever written.</summary>
    Task<(byte[]? Payload, long Version)> ReadStateAsync(string stateName, string grainKey, CancellationToken cancellationToken);

    /// <summary>Writes a state, whose version becomes the next. Never blocks its caller; it is on disk when this returns true.</summary>
    /// <returns>False when another activation has written the state since: nothing was written.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; nothing is known to be written.</exception>
    Task<bool> SaveStateAsync(StateSaved saved, CancellationToken cancellationToken);
}

/// <summary>What a ledger needs done now and then, whichever silo does it.</summary>
public interface ILedgerUpkeep
{
    /// <summary>Makes room for the months to come. Repeating it changes nothing.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);
}
