namespace ArtFresh.Ledger;

/// <summary>A ledger that operators read whole, beside the servers that write it.</summary>
public interface ILedgerSource
{
    /// <summary>Reads the ledger as it was at one moment, however long that takes.</summary>
    /// <exception cref="Contracts.LedgerUnavailableException">The ledger cannot be read.</exception>
    Task<T> ReadMomentAsync<T>(Func<ILedgerMoment, Task<T>> read, CancellationToken cancellationToken);
}

/// <summary>What a ledger held at one moment. Rows come one by one, so that the reader decides what it keeps in memory.</summary>
public interface ILedgerMoment
{
    /// <summary>How many rows there are.</summary>
    Task<LedgerRowCounts> CountRowsAsync(CancellationToken cancellationToken);

    /// <summary>Whether months of batches were dropped, so that the ledger no longer holds all that was counted.</summary>
    Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken);

    /// <summary>Reads all artworks, in no order: id and <c>viewed_at</c>.</summary>
    Task ReadArtworksAsync(Action<long, DateTimeOffset?> read, CancellationToken cancellationToken);

    /// <summary>Reads all blocks by listener, in their order.</summary>
    Task ReadBlocksAsync(Action<BlockRow> read, CancellationToken cancellationToken);

    /// <summary>Reads all batches, in no order.</summary>
    Task ReadBatchesAsync(Action<BatchRow> read, CancellationToken cancellationToken);

    /// <summary>Reads all blocks and batches by listener: a listener's blocks in their order, then each session's batches in theirs. Batches whose session is gone come together, with no listener.</summary>
    Task ReadListenersAsync(Action<BlockRow> readBlock, Action<BatchRow> readBatch, CancellationToken cancellationToken);

    /// <summary>Reads all batches by writer, in the order of their positions.</summary>
    Task ReadBatchesByWriterAsync(Action<WriterRow> read, CancellationToken cancellationToken);

    /// <summary>Reads the position up to which each writer's rows are added up.</summary>
    Task ReadCheckpointsAsync(Action<long, long> read, CancellationToken cancellationToken);

    /// <summary>Reads all pages of views, in order: number and bytes of a <see cref="ViewsPage"/>.</summary>
    Task ReadViewsAsync(Action<long, byte[]> read, CancellationToken cancellationToken);

    /// <summary>Reads all counters by the hour.</summary>
    Task ReadCountersAsync(Action<CounterAdded> read, CancellationToken cancellationToken);

    /// <summary>The newest sessions that the filter lets through, newest first.</summary>
    /// <exception cref="InvalidDataException">A batch is damaged.</exception>
    Task<IReadOnlyList<SessionSummary>> FindSessionsAsync(SessionFilter filter, CancellationToken cancellationToken);

    /// <summary>The artworks that another system calls by these names, by name; names of no artwork are left out.</summary>
    /// <param name="names">
    /// The hex SHA-256 of the file that was imported, or of the picture; or, as the import recorded it, the source or else the title. A name that several artworks have
    /// is no artwork's.
    /// </param>
    Task<Dictionary<string, long>> FindArtworksAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);
}

/// <summary>Rows of a ledger's tables.</summary>
public readonly record struct LedgerRowCounts(long Artworks, long Blocks, long Batches, long ViewPages, long Counters);

/// <summary>A row of a listener's log, as it is stored.</summary>
public sealed record BlockRow(string Listener, Guid Session, long Number, DateTimeOffset LoggedAt, BlockKind Kind, byte[] ArtworkIds, byte[]? ReturnedIds);

/// <summary>A row of <c>impression_batch</c>, as it is stored.</summary>
/// <param name="Listener">Null where the session's row is gone.</param>
public sealed record BatchRow(string? Listener, Guid Session, long Number, DateTimeOffset ReceivedAt, byte[] Impressions, byte[]? DisplayedAt, long MissingChange);

/// <summary>A row of <c>impression_batch</c>, as its writer's tally reads it.</summary>
/// <param name="Release">Null where the session's row is gone.</param>
/// <param name="Report">The client's own account, as JSON.</param>
public readonly record struct WriterRow(long Writer, long Position, string? Release, DateTimeOffset ReceivedAt, byte[] Impressions, long Duplicates, string? Report);

/// <summary>Which sessions to look up; null asks for any.</summary>
/// <param name="IsOpen">Only those that have not ended.</param>
/// <param name="Count">At most so many, the newest.</param>
public sealed record SessionFilter(Guid? Session, string? Listener, string? Release, bool IsOpen, int Count);

/// <summary>A session and what arrived of it.</summary>
/// <param name="LastBatchAt">When its last batch came, or null.</param>
/// <param name="Impressions">Recorded ones.</param>
/// <param name="HighWater">Up to which number all have arrived.</param>
/// <param name="Missing">Numbers below the highest that have not arrived.</param>
/// <param name="MissingNumbers">Which these are, in order; the first of them where they are many.</param>
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

/// <summary>Numbers that follow each other.</summary>
public readonly record struct NumberRange(long First, long Last);
