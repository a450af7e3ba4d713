namespace ArtFresh.Ledger;

/// <summary>An erasure that is asked for and not done.</summary>
/// <param name="ListenerId">Null once nothing but its proof is left to finish.</param>
/// <param name="IsLapse">Whether it is the retention's, and nobody asked for it: no proof of it is kept, and the listener may come back as a new one.</param>
public sealed record ErasureDue(long Erasure, string? ListenerId, DateTimeOffset AskedAt, bool IsLapse = false);

/// <summary>What proves an erasure, and does it again on a restored copy.</summary>
/// <param name="Proof">The keyed hash of the listener's id.</param>
public sealed record ErasureProof(byte[] Proof, DateTimeOffset AskedAt, DateTimeOffset? DoneAt, long Rows)
{
    /// <summary>What operators' audit calls a listener instead of the id.</summary>
    public static string NameOf(byte[] proof) => Convert.ToHexStringLower(proof.AsSpan(0, 8));
}

/// <summary>What a list of proofs changed in a ledger.</summary>
/// <param name="Listeners">Listeners that the ledger holds, and that are to be erased again.</param>
/// <param name="Proofs">Proofs that the ledger did not have.</param>
public sealed record ErasuresApplied(int Listeners, int Proofs);

/// <summary>Erases listeners from the ledger. Each step may be done again, so that an interrupted erasure goes on where it stopped.</summary>
public interface IErasures
{
    /// <summary>Asks for the erasure of a listener, and of the guests who have joined it. On disk when this returns; the listener counts as erased from then on.</summary>
    /// <returns>The erasure's number; that of the first where it was asked for before.</returns>
    Task<long> AskAsync(string listenerId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The keyed hash of a listener's id.</summary>
    Task<byte[]> ProofOfAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>The erasure with this proof; null where none was asked for.</summary>
    Task<ErasureProof?> FindAsync(byte[] proof, CancellationToken cancellationToken);

    /// <summary>Whether a listener is erased, or is to be.</summary>
    Task<bool> IsErasedAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>Erasures that are not done, those of the retention last, the oldest first. One whose proof is not its listener's was asked for by nobody, and is left out.</summary>
    Task<IReadOnlyList<ErasureDue>> ReadDueAsync(int count, CancellationToken cancellationToken);

    /// <summary>A listener's sessions.</summary>
    Task<IReadOnlyList<Guid>> ReadSessionsAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>Whether batches of the listener are not added up: figures would lose them.</summary>
    Task<bool> HasUntalliedAsync(string listenerId, CancellationToken cancellationToken);

    /// <summary>Deletes every row of a listener, some sessions a transaction.</summary>
    /// <returns>How many rows.</returns>
    Task<long> DeleteAsync(ErasureDue due, CancellationToken cancellationToken);

    /// <summary>Removes listeners whose rows are deleted from the erasures' own rows, and from what the database keeps of deleted rows.</summary>
    /// <returns>False where others read the database meanwhile: call it again.</returns>
    Task<bool> FinishAsync(IReadOnlyList<ErasureDue> deleted, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The key of the hashes, and all proofs. The retention's erasures need none: it erases again by itself.</summary>
    Task<(byte[] Key, IReadOnlyList<ErasureProof> Proofs)> ExportAsync(CancellationToken cancellationToken);

    /// <summary>Takes over the proofs of a copy, and asks again for the erasure of listeners that the ledger still holds. Reads all listeners.</summary>
    /// <exception cref="InvalidDataException">The proofs have another key than this ledger's, which has proofs of its own.</exception>
    Task<ErasuresApplied> ApplyAsync(byte[] key, IReadOnlyList<ErasureProof> proofs, DateTimeOffset at, CancellationToken cancellationToken);
}
