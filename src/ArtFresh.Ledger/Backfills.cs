using System.Buffers.Binary;

namespace ArtFresh.Ledger;

/// <summary>A run of backfill. Running it again on the same source continues it.</summary>
/// <param name="Source">What it reads, for people.</param>
/// <param name="EndedAt">When it was last done; null if it has stopped early.</param>
/// <param name="UndoBegunAt">When an operator began to take it out. From then on its artworks count for nobody.</param>
/// <param name="UndoneAt">When it was taken out.</param>
public sealed record BackfillRun(long Number, string Source, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? UndoBegunAt, DateTimeOffset? UndoneAt);

/// <summary>The rows of listeners' logs that a run of backfill adds, and the one that takes them out.</summary>
public static class BackfillRows
{
    private const ulong Prefix = 0xbf11;

    /// <summary>The session of a run's rows, which no session has.</summary>
    public static Guid Of(long run)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (Prefix << 48) | (ulong)run);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The run that a row is of, or takes out; 0 for any other row, and for rows of releases whose runs had no number.</summary>
    public static long RunOf(BlockKind kind, Guid sessionId)
    {
        Span<byte> bytes = stackalloc byte[16];
        sessionId.TryWriteBytes(bytes, bigEndian: true, out _);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        return kind is BlockKind.Backfilled or BlockKind.Undone && BinaryPrimitives.ReadUInt64BigEndian(bytes) == 0 && low >> 48 == Prefix ? (long)(low & 0xffff_ffff_ffff) : 0;
    }
}

/// <summary>A listener's log as a backfill needs it.</summary>
/// <param name="Last">The number of its last row; 0 for an empty log.</param>
/// <param name="Backfilled">Its rows of backfills, in order.</param>
public sealed record BackfilledLog(long Last, IReadOnlyList<LoggedBlock> Backfilled);

/// <summary>Runs of backfill, and what only they have brought.</summary>
public interface IBackfills
{
    /// <summary>All runs, the oldest first.</summary>
    Task<IReadOnlyList<BackfillRun>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Continues the run of a source that is not being undone, or begins one.</summary>
    /// <param name="source">For people.</param>
    /// <param name="fingerprint">The same for the same source, read in the same way.</param>
    Task<BackfillRun> BeginAsync(string source, string fingerprint, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>All rows of a run's source are read.</summary>
    Task EndAsync(long run, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The logs of many listeners, in one read.</summary>
    Task<IReadOnlyDictionary<string, BackfilledLog>> ReadLogsAsync(IReadOnlyCollection<string> listenerIds, CancellationToken cancellationToken);

    /// <summary>Whether anybody was ever erased.</summary>
    Task<bool> HasErasuresAsync(CancellationToken cancellationToken);

    /// <summary>Why nobody can tell any more what only the run has brought, as a sentence; null if one can.</summary>
    Task<string?> FindObstacleAsync(BackfillRun run, CancellationToken cancellationToken);

    /// <summary>Begins to take a run out. The operator's act is in the audit; a second call changes nothing.</summary>
    Task BeginUndoAsync(long run, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>The run is taken out.</summary>
    Task EndUndoAsync(long run, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Listeners with rows of a run, in the order of their ids.</summary>
    /// <param name="after">The last listener of the part before; empty for the first.</param>
    Task<IReadOnlyList<string>> ReadListenersAsync(long run, string after, int count, CancellationToken cancellationToken);

    /// <summary>How many listeners have rows of a run.</summary>
    Task<long> CountListenersAsync(long run, CancellationToken cancellationToken);

    /// <summary>The packed impressions that a listener's sessions have reported since a time.</summary>
    Task<IReadOnlyList<byte[]>> ReadReportedAsync(string listenerId, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// Gives artworks whose <c>viewed_at</c> is of a run the one that they have without it: of another run, of the first impression here, or none. Some a transaction; what
    /// is done stays done.
    /// </summary>
    /// <param name="progress">Called with artworks done and artworks in all.</param>
    /// <returns>How many artworks it has changed.</returns>
    Task<long> UndoViewsAsync(BackfillRun run, Action<long, long> progress, CancellationToken cancellationToken);
}
