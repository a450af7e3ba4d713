using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>The result of writing an entry.</summary>
public enum LedgerVerdict
{
    /// <summary>The entry is on disk.</summary>
    Committed,

    /// <summary>Another activation wrote that number first, or a listener whom the entry names is erased, so nothing was written. Reload and retry.</summary>
    Fenced,

    /// <summary>The queue is full or the database failed; the entry may or may not be written. A retry is safe.</summary>
    Unavailable,
}

/// <summary>The entries of one transaction.</summary>
/// <param name="WriterNumber">The writer's number.</param>
/// <param name="FirstPosition">Position of the group's first batch row; the others follow without gaps.</param>
/// <param name="KnownViewed">Artworks whose <c>viewed_at</c> is known to be set.</param>
public sealed record CommitGroup(
    long WriterNumber,
    long FirstPosition,
    IReadOnlyList<LedgerEntry> Entries,
    ArtworkSet KnownViewed);

/// <summary>The write side of the ledger: the durable, append-only source of truth.</summary>
public interface ILedger
{
    /// <summary>Registers a writer.</summary>
    /// <returns>A number that no other writer has had.</returns>
    Task<long> StartWriterAsync(CancellationToken cancellationToken);

    /// <summary>Commits the group in one transaction.</summary>
    /// <returns>For each entry, in order: whether it was committed or fenced off.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; the entries may or may not be written.</exception>
    Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken);

    /// <summary>
    /// Commits the entries of an operator's command in one transaction, with a <see cref="BlockEnding"/> for each listener to whose log they add and who has been served lately.
    /// A retry is safe, because the entries' keys fence them.
    /// </summary>
    /// <returns>For each entry, in order: whether it was committed or fenced off.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; the entries may or may not be written.</exception>
    Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken);

    /// <summary>Adds a tally's sums and moves the writer's checkpoint, in one transaction. Does not wait for commits or delay them.</summary>
    /// <returns>False if the checkpoint has moved, because another tally has counted these rows; nothing was written.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; the entries may or may not be written.</exception>
    Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken);

    /// <summary>Looks whether the ledger takes commits: one has succeeded within the last seconds, or a tiny one does now.</summary>
    /// <returns>Why it takes none, as a sentence; null if it does.</returns>
    /// <exception cref="LedgerUnavailableException">The ledger does not answer.</exception>
    Task<string?> FindFaultAsync(CancellationToken cancellationToken);
}
