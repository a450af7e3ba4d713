using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>What became of an entry.</summary>
public enum LedgerVerdict
{
    /// <summary>On disk.</summary>
    Committed,

    /// <summary>Another activation wrote that number first: nothing was written. Reload and try again.</summary>
    Fenced,

    /// <summary>Not known to be written: the queue is full, or the database failed. A retry is safe.</summary>
    Unavailable,
}

/// <summary>What the ledger writes in one transaction.</summary>
/// <param name="WriterNumber">The writer's own number.</param>
/// <param name="FirstPosition">Position of the group's first batch row; the rest follow by one.</param>
/// <param name="KnownViewed">Artworks whose <c>viewed_at</c> is known to be set.</param>
public sealed record CommitGroup(
    long WriterNumber,
    long FirstPosition,
    IReadOnlyList<LedgerEntry> Entries,
    ArtworkSet KnownViewed);

/// <summary>The durable, append-only record, and the single source of truth: its write side.</summary>
public interface ILedger
{
    /// <summary>Registers a writer.</summary>
    /// <returns>Its number, never used before.</returns>
    Task<long> StartWriterAsync(CancellationToken cancellationToken);

    /// <summary>Commits the group in one transaction.</summary>
    /// <returns>For each entry, in order: whether it was committed or fenced off.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; nothing is known to be written.</exception>
    Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken);

    /// <summary>Enters what a command outside the servers makes, in one transaction. A retry is safe: the entries' keys fence them.</summary>
    /// <returns>For each entry, in order: whether it was entered or fenced off.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; nothing is known to be written.</exception>
    Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken);

    /// <summary>Adds a tally's sums and moves the writer's checkpoint, in one transaction. Neither waits for commits nor delays them.</summary>
    /// <returns>False when the checkpoint is elsewhere: another tally has added these rows up. Nothing was written.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; nothing is known to be written.</exception>
    Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken);

    /// <summary>Whether the ledger can be read and has room to write.</summary>
    Task<bool> CheckAsync(CancellationToken cancellationToken);
}
