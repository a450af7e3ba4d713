using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

// One interface for each reader of the ledger. All throw LedgerUnavailableException if the ledger cannot be read or written.

/// <summary>A row read from a listener's log.</summary>
public sealed record LoggedBlock(
    long BlockNumber, BlockKind Kind, Guid SessionId, ImmutableArray<long> ArtworkIds, ImmutableArray<long> ReturnedIds)
{
    /// <summary>Whether it holds what a guest had who has joined the listener.</summary>
    public bool IsJoining => ListenerJoined.IsJoining(Kind, SessionId);

    /// <summary>Tells it from another row of its number. The erasure of a guest who has joined takes the session from the row of the joining, and leaves this.</summary>
    public long Checksum => new RowChecksum(BlockNumber)
        .Number((long)Kind).Id(IsJoining ? Guid.Empty : SessionId).Bytes(PackedIds.Pack(ArtworkIds.AsSpan())).Bytes(PackedIds.Pack(ReturnedIds.AsSpan())).End();
}

/// <summary>Reads for a listener's grain.</summary>
public interface IListenerHistory
{
    /// <summary>The listener's newest snapshot and the rows from there on, in one consistent read.</summary>
    /// <param name="without">Slots to leave out, a bit for each.</param>
    Task<ListenerRead> ReadLogAsync(string listenerId, long without, CancellationToken cancellationToken);

    /// <summary>The snapshot in a slot; null where it is empty.</summary>
    Task<StoredSnapshot?> ReadSnapshotAsync(string listenerId, int slot, CancellationToken cancellationToken);

    /// <summary>The listener's rows after a block number, in order.</summary>
    Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken);

    /// <summary>The listener's last rows before a block number, the last first.</summary>
    Task<IReadOnlyList<LoggedBlock>> ReadBlocksBackAsync(string listenerId, long beforeBlockNumber, int count, CancellationToken cancellationToken);

    /// <summary>The listener's sessions that have not ended and were set artworks aside at or after a time.</summary>
    Task<IReadOnlyList<Guid>> ReadServingSessionsAsync(string listenerId, DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>A guest who joined an account, and whose own log is closed.</summary>
/// <param name="Account">The account. It may be an alias itself, if an operator joined it to another.</param>
/// <param name="BlockNumber">The row of the account's log that holds all that the guest had.</param>
public sealed record ListenerAlias(string Guest, string Account, long BlockNumber, DateTimeOffset JoinedAt);

/// <summary>Reads who has joined whom.</summary>
public interface IListenerAliases
{
    /// <summary>Whom a listener has joined; null for one who has joined nobody.</summary>
    Task<ListenerAlias?> FindAliasAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>The guest whose artworks a row of an account's log holds; null for a row of another kind.</summary>
    Task<string?> FindGuestAsync(string accountId, long blockNumber, CancellationToken cancellationToken);

    /// <summary>Who has joined an account, in the order of joining.</summary>
    Task<IReadOnlyList<ListenerAlias>> ReadGuestsAsync(string accountId, CancellationToken cancellationToken);
}

/// <summary>Listeners' logs for the check of blocks, which must not depend on what grains read.</summary>
public interface IBlockLog
{
    /// <summary>All rows of a listener, in order.</summary>
    Task<IReadOnlyList<BlockRow>> ReadBlockRowsAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>The listener's snapshots. Read them after the rows: rows that are dropped meanwhile are covered.</summary>
    Task<IReadOnlyList<StoredSnapshot>> ReadSnapshotsAsync(string listenerId, CancellationToken cancellationToken);
}

/// <summary>One session's history.</summary>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Unshown">Artworks of its blocks that it has not shown, except those given back or taken over by another session.</param>
/// <param name="Seen">Artworks that it has shown.</param>
/// <param name="Numbers">Impression numbers that have arrived.</param>
/// <param name="LastBatchNumber">Number of its last batch row, or 0.</param>
/// <param name="Accounts">The accounts of its last batches.</param>
/// <param name="GenomeGrant">Number of its grant of genome seeds, or null.</param>
/// <param name="CountedMissing">How many of its numbers are counted as missing.</param>
/// <param name="ServingTimes">When its last blocks were set aside; null where it has none.</param>
/// <param name="ClaimedSkips">Flickers that its reports have claimed so far.</param>
/// <param name="ClaimedDrops">Impressions that its reports have claimed to be given up so far.</param>
/// <param name="LastNumber">The largest number that its client has said to have given an impression; 0 if it has not.</param>
/// <param name="End">Its end, as it is in the ledger; null where it has not ended.</param>
/// <param name="EndUnshown">How many artworks its end counts as never shown; null where it has not ended, or nothing follows from its end.</param>
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
    long CountedMissing = 0,
    ServingTimes? ServingTimes = null,
    int ClaimedSkips = 0,
    int ClaimedDrops = 0,
    long LastNumber = 0,
    int? EndUnshown = null,
    SessionEnded? End = null);

/// <summary>Reads for a session's grain.</summary>
public interface ISessionHistory
{
    /// <summary>
    /// The session's whole history; for a listener who has joined an account, with what became of the session's artworks in the account's log. Null if the listener has no such session.
    /// </summary>
    Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken);

    /// <summary>The listener of a session; null if it does not exist.</summary>
    Task<string?> FindListenerAsync(Guid sessionId, CancellationToken cancellationToken);

    /// <summary>The listener whose session has a grant of genome seeds; null if the grant does not exist.</summary>
    Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken);
}

/// <summary>Reads of the catalogue.</summary>
public interface IArtworkCatalogue
{
    /// <summary>Ids of a pool's generated artworks after an id, ascending. Imported ones are on shelves: see <see cref="ICollections"/>.</summary>
    Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken);

    /// <summary>The artworks with these ids, ascending; skips ids without an artwork.</summary>
    Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>A pool's newest genomes, the newest last.</summary>
    Task<string[]> ReadNewestGenomesAsync(int pool, int count, CancellationToken cancellationToken);

    /// <summary>The ids that no artwork has.</summary>
    Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);

    /// <summary>The artwork that was made from a file, or is shown by a picture, with this SHA-256; null if there is none.</summary>
    Task<long?> FindContentAsync(string contentHash, CancellationToken cancellationToken);

    /// <summary>The artworks made from these contents (SHA-256), by content; skips contents without an artwork.</summary>
    Task<IReadOnlyDictionary<string, long>> FindContentsAsync(IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken);

    /// <summary>One artwork and its views; null if it does not exist.</summary>
    Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken);
}

/// <summary>A batch row for the tally.</summary>
/// <param name="OpenedAt">When the batch's session was opened.</param>
/// <param name="Impressions">The packed impressions; null if all were recorded and are in <paramref name="Recorded"/>.</param>
/// <param name="Account">A packed <see cref="BatchAccount"/>; null for rows of a release without accounts.</param>
/// <param name="Recorded">Artworks of the recorded impressions, if they are known without unpacking.</param>
/// <param name="Revisits">How many of the repeats were on purpose.</param>
public readonly record struct LoggedBatch(
    long Position,
    string Release,
    DateTimeOffset OpenedAt,
    DateTimeOffset ReceivedAt,
    byte[]? Impressions,
    int Duplicates,
    DeliveryReport? Report,
    long? Account,
    ReadOnlyMemory<long> Recorded = default,
    int Network = 0,
    int Revisits = 0);

/// <summary>Reads for a tally: batch rows in the order in which a writer committed them.</summary>
public interface IImpressionLog
{
    /// <summary>Writers with rows after their checkpoint.</summary>
    Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken);

    /// <summary>A writer's checkpoint: the position up to which its rows are tallied, 0 at first.</summary>
    Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken);

    /// <summary>A writer's rows after a position, in order.</summary>
    Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken);

    /// <summary>The artworks among these that have no <c>viewed_at</c>.</summary>
    Task<long[]> FindUnviewedAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);
}

/// <summary>
/// Adds the views that tallies have noted to the artworks' counts. A page of counts is some kilobytes, and a second of views touches most pages: adding each tally's views at
/// once would rewrite all of them each second.
/// </summary>
public interface IViewCounts
{
    /// <summary>Adds up what was noted so far, if that is due: the more pages it touches, the longer it waits. Any number of members may call it at once; each view is counted once.</summary>
    /// <param name="delay">How long views wait at least; 60 times as long at most.</param>
    /// <returns>False if nothing was due.</returns>
    /// <exception cref="LedgerUnavailableException">The ledger failed; nothing was added.</exception>
    Task<bool> CountAsync(DateTimeOffset now, TimeSpan delay, CancellationToken cancellationToken);
}

/// <summary>A session with numbers that have not arrived.</summary>
/// <param name="Missing">Count of these numbers, 1 or more.</param>
/// <param name="EndedAt">Null while it is open.</param>
/// <param name="LastBatchAt">When its last batch arrived; its end if none has.</param>
/// <param name="Network">The daily hash of the network that its last batch came from; 0 where that is not known.</param>
public sealed record SessionGap(string Release, DateTimeOffset OpenedAt, long Missing, DateTimeOffset? EndedAt, DateTimeOffset LastBatchAt, int Network = 0);

/// <summary>Reads for operators: counters, gaps, the legacy query and the state of the schema.</summary>
public interface ILedgerFigures
{
    /// <summary>Reads the whole ledger for the violations of the legacy query. Its cost grows with the history.</summary>
    Task<LegacyCounts> CountLegacyAsync(CancellationToken cancellationToken);

    /// <summary>The numbers of the last script applied to the schema and of the program's last script.</summary>
    Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>The counters of all releases, or of one, from an hour on.</summary>
    Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);

    /// <summary>When the ledger was last found to have gone back, and not to be whole; null for never.</summary>
    Task<DateTimeOffset?> ReadLastLossAsync(CancellationToken cancellationToken);

    /// <summary>Sessions with missing numbers that were opened at or after a time, of all releases or of one.</summary>
    Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);

    /// <summary>The newest batches that tallies have added up and that arrived at or after a time, of the newest writers.</summary>
    Task<IReadOnlyList<LoggedBatch>> ReadNewestBatchesAsync(DateTimeOffset from, int count, CancellationToken cancellationToken);
}

/// <summary>A failure of a release, written once.</summary>
/// <param name="Episode">1 for the first failure of the release, and so on.</param>
/// <param name="Evidence">The triggers at the time of the failure, as JSON.</param>
/// <param name="Action">The action taken; null until it is taken.</param>
/// <param name="RecoveredAt">Null while it lasts.</param>
public sealed record ReleaseFailure(string Release, int Episode, DateTimeOffset FailedAt, string Evidence, string? Action, DateTimeOffset? RecoveredAt);

/// <summary>A message about a release for the webhook, kept until the webhook accepts it.</summary>
/// <param name="Key">Identifies the event: a second message about it is not kept.</param>
/// <param name="News">As JSON.</param>
/// <param name="Tries">How often it was sent.</param>
/// <param name="NextAt">Not to be sent before.</param>
public sealed record ReleaseNotice(string Key, DateTimeOffset At, string News, int Tries, DateTimeOffset NextAt);

/// <summary>The delivery that a release's clients must use.</summary>
public sealed record ReleasePolicy(string Release, Delivery Delivery, DateTimeOffset ChangedAt);

/// <summary>The first and the last hour in which a release was counted.</summary>
public sealed record ReleaseSeen(string Release, DateTimeOffset FirstHour, DateTimeOffset LastHour);

/// <summary>An action of an operator or a trigger, for the audit.</summary>
public sealed record OperatorAct(DateTimeOffset At, string Actor, string What, string? Release, string Detail);

/// <summary>Listeners whose claims an operator has struck: <see cref="ILedgerFigures"/> and <see cref="IReleaseLedger"/> leave them out of what they read.</summary>
public interface IClaimStrikes
{
    /// <summary>Strikes a listener's claims. Nothing is written about one who has no session, or is struck already.</summary>
    /// <returns>1, or 0 for a listener without a session.</returns>
    Task<int> StrikeAsync(string listenerId, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Strikes the claims of the listeners whose batches came from a network on a day (UTC).</summary>
    /// <param name="network">The hash of that day.</param>
    /// <param name="day">The day.</param>
    /// <param name="keyMadeAt">
    /// When the hash's key was made, if it is the key of today: only batches since then count as the network's, and whoever sends one later that day is struck with the tally of it,
    /// until <see cref="EndNetworksAsync"/>. Null strikes whoever has sent one.
    /// </param>
    /// <param name="act">For the audit.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>Listeners that are struck through it.</returns>
    Task<int> StrikeAsync(int network, DateOnly day, DateTimeOffset? keyMadeAt, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Strikes no further listener through a network: its hash is another's under a new key. Who is struck stays so.</summary>
    Task EndNetworksAsync(CancellationToken cancellationToken);

    /// <summary>Counts a listener's claims again, whoever struck them.</summary>
    /// <returns>Strikes that were lifted.</returns>
    Task<int> LiftAsync(string listenerId, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Counts the claims again that were struck through a network.</summary>
    /// <returns>Strikes that were lifted.</returns>
    Task<int> LiftAsync(int network, DateOnly day, OperatorAct act, CancellationToken cancellationToken);
}

/// <summary>The permanent record of what operators and triggers did.</summary>
public interface IOperatorAudit
{
    /// <summary>Adds a row; it is on disk when this returns.</summary>
    Task AppendAsync(OperatorAct act, CancellationToken cancellationToken);

    /// <summary>The latest rows, the latest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken);
}

/// <summary>Reads and writes of the release watch.</summary>
public interface IReleaseLedger
{
    /// <summary>The policies that are set; a release without one delivers batches.</summary>
    Task<IReadOnlyList<ReleasePolicy>> ReadPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Sets a policy and writes the audit entry, in one transaction.</summary>
    Task SetPolicyAsync(ReleasePolicy policy, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Releases with a counter in an hour of at least <paramref name="from"/>.</summary>
    Task<IReadOnlyList<ReleaseSeen>> ReadReleasesAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>The latest failure of each release.</summary>
    Task<IReadOnlyList<ReleaseFailure>> ReadFailuresAsync(CancellationToken cancellationToken);

    /// <summary>Writes a failure and its audit entry, in one transaction.</summary>
    /// <returns>False if the episode exists already; nothing was changed.</returns>
    Task<bool> WriteFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Adds the action or the end to a failure and writes the audit entry, in one transaction.</summary>
    Task UpdateFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Keeps a message until the webhook accepts it. One with the same key stays as it is.</summary>
    Task KeepNoticeAsync(ReleaseNotice notice, CancellationToken cancellationToken);

    /// <summary>The notices that are to be sent, the oldest first.</summary>
    Task<IReadOnlyList<ReleaseNotice>> ReadNoticesAsync(DateTimeOffset now, int count, CancellationToken cancellationToken);

    /// <summary>Writes when a notice is to be sent again, or that it has ended.</summary>
    /// <param name="endedAt">When it was taken, or given up; null where it is to be sent again.</param>
    Task UpdateNoticeAsync(ReleaseNotice notice, DateTimeOffset? endedAt, CancellationToken cancellationToken);

    /// <summary>The counters of each minute from <paramref name="from"/> on; <c>Hour</c> is the minute.</summary>
    Task<IReadOnlyList<CounterAdded>> ReadMinutesAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>What networks claimed in each minute from <paramref name="from"/> on.</summary>
    Task<IReadOnlyList<NetworksAdded>> ReadNetworksAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>Releases that an operator names, and those that a quorum of networks has used since <paramref name="usedSince"/>.</summary>
    Task<IReadOnlyList<KnownRelease>> ReadKnownAsync(DateTimeOffset usedSince, CancellationToken cancellationToken);

    /// <summary>Makes a release known for good and writes who did it, in one transaction.</summary>
    /// <returns>False when an operator has named it already: nothing was written.</returns>
    Task<bool> KnowAsync(string release, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Makes a release known because a quorum of networks uses it, and writes that, or notes that it is used again.</summary>
    /// <param name="knownMax">The most releases known so; beyond it, the least recently used are forgotten.</param>
    Task KnowByQuorumAsync(string release, OperatorAct act, int knownMax, CancellationToken cancellationToken);

    /// <summary>Deletes the minutes before <paramref name="before"/>.</summary>
    Task TrimMinutesAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>A release with figures of its own.</summary>
/// <param name="UsedAt">When a quorum of networks last used it; null if an operator names it, which is for good.</param>
public sealed record KnownRelease(string Release, DateTimeOffset? UsedAt);

/// <summary>A grain's complete state.</summary>
/// <param name="Payload">Null for a state that was cleared.</param>
/// <param name="ExpectedVersion">The version that was read; 0 if nothing was ever written.</param>
public sealed record StateSaved(string StateName, string GrainKey, byte[]? Payload, long ExpectedVersion, DateTimeOffset SavedAt);

/// <summary>The states of grains in the ledger's database, for a ledger without separate storage for them.</summary>
public interface IStateLog
{
    /// <summary>The last payload, or null, and its version; 0 if nothing was ever written.</summary>
    Task<(byte[]? Payload, long Version)> ReadStateAsync(string stateName, string grainKey, CancellationToken cancellationToken);

    /// <summary>Writes a state with the next version. Does not block the caller; when this returns true, the state is on disk.</summary>
    /// <returns>False if another activation has written the state meanwhile; nothing was written.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; nothing is known to be written.</exception>
    Task<bool> SaveStateAsync(StateSaved saved, CancellationToken cancellationToken);
}

/// <summary>Periodic maintenance of the ledger, by any silo.</summary>
public interface ILedgerUpkeep
{
    /// <summary>Creates partitions for the coming months. Idempotent.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);
}
