using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>A ledger that operators can read as a whole while servers write it.</summary>
public interface ILedgerSource
{
    /// <summary>Reads a consistent snapshot of the ledger, however long that takes.</summary>
    /// <exception cref="Contracts.LedgerUnavailableException">The ledger cannot be read.</exception>
    Task<T> ReadMomentAsync<T>(Func<ILedgerMoment, Task<T>> read, CancellationToken cancellationToken);
}

/// <summary>A consistent snapshot of a ledger. Streams rows, so that the caller decides what to keep in memory.</summary>
public interface ILedgerMoment
{
    /// <summary>Counts the rows.</summary>
    Task<LedgerRowCounts> CountRowsAsync(CancellationToken cancellationToken);

    /// <summary>Whether months of batches were dropped, so that the tallies count more than the ledger holds.</summary>
    Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken);

    /// <summary>Whether listeners were erased, so that the tallies count more than the ledger holds.</summary>
    Task<bool> HasErasuresAsync(CancellationToken cancellationToken);

    /// <summary>Whether blocks were dropped that snapshots cover.</summary>
    Task<bool> HasDroppedBlocksAsync(CancellationToken cancellationToken);

    /// <summary>Reads all artworks, in no order: id and <c>viewed_at</c>.</summary>
    Task ReadArtworksAsync(Action<long, DateTimeOffset?> read, CancellationToken cancellationToken);

    /// <summary>Reads the ids of artworks that clients made from granted seeds, in no order.</summary>
    Task ReadMadeAsync(Action<long> read, CancellationToken cancellationToken);

    /// <summary>Reads by listener: the listener's snapshots, then all blocks in their order.</summary>
    Task ReadBlocksAsync(Action<StoredSnapshot> readSnapshot, Action<BlockRow> read, CancellationToken cancellationToken);

    /// <summary>Reads all batches, in no order.</summary>
    Task ReadBatchesAsync(Action<BatchRow> read, CancellationToken cancellationToken);

    /// <summary>Reads all snapshots, blocks and batches by listener: a listener's snapshots, the blocks in their order, then each session's batches in theirs. Batches of dropped sessions come together, without a listener.</summary>
    Task ReadListenersAsync(Action<StoredSnapshot> readSnapshot, Action<BlockRow> readBlock, Action<BatchRow> readBatch, CancellationToken cancellationToken);

    /// <summary>Reads who has joined whom, in no order.</summary>
    Task ReadAliasesAsync(Action<ListenerAlias> read, CancellationToken cancellationToken);

    /// <summary>Reads the blocks that sessions of listeners who have joined an account have in the logs of others, with the session's listener.</summary>
    Task ReadLateBlocksAsync(Action<string, BlockRow> read, CancellationToken cancellationToken);

    /// <summary>Reads all batches by writer, in the order of their positions; erased ones too.</summary>
    /// <param name="writer">One writer; null for all.</param>
    /// <param name="after">The position to read from.</param>
    Task ReadBatchesByWriterAsync(long? writer, long after, Action<WriterRow> read, CancellationToken cancellationToken);

    /// <summary>Reads all blocks with a checksum by writer, in the order of their positions; erased ones too.</summary>
    /// <inheritdoc cref="ReadBatchesByWriterAsync"/>
    Task ReadBlocksByWriterAsync(long? writer, long after, Action<WrittenBlock> read, CancellationToken cancellationToken);

    /// <summary>Reads all writers.</summary>
    Task ReadWritersAsync(Action<WriterEnd> read, CancellationToken cancellationToken);

    /// <summary>The checksums of a writer's batch and block at positions.</summary>
    /// <returns>Null for a row that is not there; whether it was dropped with its month, so that its checksum is not known.</returns>
    Task<(long? Chain, bool IsDropped)> FindChainAsync(bool isBlock, long writer, long position, CancellationToken cancellationToken);

    /// <summary>Reads all rows with checksums outside of chains.</summary>
    /// <param name="broken">Takes what is not as it was written.</param>
    Task CheckSealedAsync(Action<string> broken, CancellationToken cancellationToken);

    /// <summary>Compares the schema with what its scripts make.</summary>
    Task<SchemaFindings> CheckSchemaAsync(CancellationToken cancellationToken);

    /// <summary>Reads what networks claimed: release, minute, and the packed <see cref="Freshness.NetworkCounts"/>.</summary>
    Task ReadNetworksAsync(Action<string, DateTimeOffset, byte[]> read, CancellationToken cancellationToken);

    /// <summary>Reads which artworks are withdrawn, and since when.</summary>
    Task ReadWithdrawnAsync(Action<long, DateTimeOffset> read, CancellationToken cancellationToken);

    /// <summary>Reads what stands for the small tables that only grow.</summary>
    Task<IReadOnlyList<TableHead>> ReadTableHeadsAsync(CancellationToken cancellationToken);

    /// <summary>Compares the rows that earlier heads stand for.</summary>
    /// <param name="heads">Of an earlier <see cref="ReadTableHeadsAsync"/>.</param>
    /// <param name="broken">Takes what is gone, another, or came in between.</param>
    Task CompareTableHeadsAsync(IReadOnlyList<TableHead> heads, Action<string> broken, CancellationToken cancellationToken);

    /// <summary>Compares tables with each other and with the audit.</summary>
    /// <param name="ofAllTables">Whether to read those too that grow with listeners and art.</param>
    /// <param name="broken">Takes what does not agree.</param>
    Task CheckNotesAsync(bool ofAllTables, Action<string> broken, CancellationToken cancellationToken);

    /// <summary>Reads what sessions were given to show, as it was counted.</summary>
    Task ReadServedSumsAsync(Action<ServedSum> read, CancellationToken cancellationToken);

    /// <summary>Reads all counters by the minute; their hour is the minute.</summary>
    Task ReadMinutesAsync(Action<CounterAdded> read, CancellationToken cancellationToken);

    /// <summary>Reads each writer's checkpoint: the position up to which its rows are tallied.</summary>
    Task ReadCheckpointsAsync(Action<long, long> read, CancellationToken cancellationToken);

    /// <summary>Reads all pages of views, in order: number and bytes of a <see cref="ViewsPage"/>.</summary>
    Task ReadViewsAsync(Action<long, byte[]> read, CancellationToken cancellationToken);

    /// <summary>Reads the views that no page counts yet: the writer whose tally noted them, and its <see cref="NotedViews"/>.</summary>
    Task ReadNotedViewsAsync(Action<long, NotedViews> read, CancellationToken cancellationToken);

    /// <summary>Reads all counters by the hour.</summary>
    Task ReadCountersAsync(Action<CounterAdded> read, CancellationToken cancellationToken);

    /// <summary>Finds the newest sessions that match the filter, newest first.</summary>
    /// <exception cref="InvalidDataException">A batch is damaged.</exception>
    Task<IReadOnlyList<SessionSummary>> FindSessionsAsync(SessionFilter filter, CancellationToken cancellationToken);

    /// <summary>Finds artworks by another system's names; returns ids by name, without the names of no artwork.</summary>
    /// <param name="names">
    /// The hex SHA-256 of the imported file or of the picture; or the source, or else the title, that the import recorded. A name of several artworks
    /// finds none.
    /// </param>
    /// <param name="naming">Which of these the names are; ids are none of them.</param>
    Task<Dictionary<string, long>> FindArtworksAsync(IReadOnlyCollection<string> names, ArtworkNaming naming, CancellationToken cancellationToken);
}

/// <summary>How the schema differs from what its scripts make.</summary>
/// <param name="Faults">What is missing, another, or added and able to change what is read or written; a sentence without an end for each.</param>
/// <param name="Note">What else was added, as one such sentence; null for nothing.</param>
/// <param name="NotJudged">Why it was not compared, or null.</param>
/// <param name="CanRead">False where tables or columns are missing, so that not all rows can be read.</param>
public sealed record SchemaFindings(IReadOnlyList<string> Faults, string? Note, string? NotJudged, bool CanRead);

/// <summary>Number of rows of a ledger's tables.</summary>
public readonly record struct LedgerRowCounts(long Artworks, long Blocks, long Batches, long ViewPages, long Counters);

/// <summary>A row of a listener's log, as it is stored.</summary>
public sealed record BlockRow(string Listener, Guid Session, long Number, DateTimeOffset LoggedAt, BlockKind Kind, byte[] ArtworkIds, byte[]? ReturnedIds)
{
    /// <summary>Its checksum; null of a row of a release without, and where it is not read.</summary>
    public long? Chain { get; init; }

    /// <summary>Release, opening and listener of its session; null where it has none, and where they are not read.</summary>
    public string? Release { get; init; }

    /// <inheritdoc cref="Release"/>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <inheritdoc cref="Release"/>
    public string? Owner { get; init; }

    /// <summary>Whether its session was lost and opened again.</summary>
    public bool IsReopened { get; init; }

    /// <inheritdoc cref="LoggedBlock.IsJoining"/>
    public bool IsJoining => ListenerJoined.IsJoining(Kind, Session);

    /// <summary>As a grain reads it.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public LoggedBlock ToLogged() => new(Number, Kind, Session, [.. PackedIds.Unpack(ArtworkIds)], ReturnedIds is null ? [] : [.. PackedIds.Unpack(ReturnedIds)]);
}

/// <summary>A row of <c>impression_batch</c>, as it is stored.</summary>
/// <param name="Listener">Null if the session's row was dropped.</param>
/// <param name="Revisits">How many of its repeats were on purpose.</param>
/// <param name="Account">A packed <see cref="Freshness.BatchAccount"/>; null for rows of a release without accounts.</param>
/// <param name="Report">The client's own account, as JSON.</param>
/// <param name="EndMissing">By how much the end of the session changed the count of its missing numbers.</param>
/// <param name="EndNumber">The largest number that the client said at the session's end to have given, or null.</param>
public sealed record BatchRow(
    string? Listener, Guid Session, long Number, DateTimeOffset ReceivedAt, byte[] Impressions, byte[]? DisplayedAt, long MissingChange, long Revisits = 0, long? Account = null,
    string? Report = null, long EndMissing = 0, long? EndNumber = null);

/// <summary>A row of <c>impression_batch</c>, as its writer's tally reads it.</summary>
/// <param name="Release">Null if the session's row was dropped.</param>
/// <param name="Report">The client's own account, as JSON.</param>
public sealed record WriterRow(long Writer, long Position, string? Release, DateTimeOffset ReceivedAt, byte[] Impressions, long Duplicates, string? Report)
{
    /// <summary>Whether it stands for erased rows: only positions and checksum are left.</summary>
    public bool IsErased { get; init; }

    /// <summary>The first position that it stands for.</summary>
    public long FirstPosition { get; init; } = Position;

    /// <summary>Its checksum; null of a row of a release without.</summary>
    public long? Chain { get; init; }

    /// <summary>When its session was opened.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    public Guid Session { get; init; }

    public long Number { get; init; }

    public Guid BatchId { get; init; }

    public byte[]? DisplayedAt { get; init; }

    public long MissingChange { get; init; }

    public long? Account { get; init; }

    public long? Network { get; init; }

    public long? Revisits { get; init; }
}

/// <summary>A row of <c>listener_block</c>, as its writer wrote it.</summary>
/// <param name="Block">Null of an erased row, of which only position and checksum are left.</param>
public readonly record struct WrittenBlock(long Writer, long Position, long? Chain, BlockRow? Block)
{
    /// <summary>The first position that it stands for: another than its own where blocks were dropped.</summary>
    public long FirstPosition { get; init; } = Position;
}

/// <summary>A filter of sessions; null matches any value.</summary>
/// <param name="IsOpen">Whether to return only sessions that have not ended.</param>
/// <param name="Count">Maximum number of sessions.</param>
public sealed record SessionFilter(Guid? Session, string? Listener, string? Release, bool IsOpen, int Count);

/// <summary>A session and its impressions.</summary>
/// <param name="LastBatchAt">When its last batch arrived, or null.</param>
/// <param name="Impressions">Number of recorded impressions.</param>
/// <param name="HighWater">The largest N such that impressions 1..N have all arrived.</param>
/// <param name="Missing">Count of numbers below the highest that have not arrived.</param>
/// <param name="MissingNumbers">The missing numbers in order; only the first if there are many.</param>
public sealed record SessionSummary(
    Guid Session,
    string Listener,
    string Release,
    DateTimeOffset OpenedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? LastBatchAt,
    long Batches,
    long Impressions,
    long Duplicates,
    long Repeats,
    long HighWater,
    long Missing,
    IReadOnlyList<NumberRange> MissingNumbers);

/// <summary>A range of consecutive numbers.</summary>
public readonly record struct NumberRange(long First, long Last);
