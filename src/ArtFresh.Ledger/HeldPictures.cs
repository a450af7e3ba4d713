namespace ArtFresh.Ledger;

/// <summary>What became of a picture that had to wait for an operator.</summary>
public enum HeldState
{
    /// <summary>Nobody has looked at it.</summary>
    Waiting = 0,

    /// <summary>An operator approves it, and it is about to be entered as an artwork.</summary>
    Approved = 1,

    /// <summary>An operator refuses it. Neither it nor a look-alike is taken in.</summary>
    Refused = 2,
}

/// <summary>A picture that waits until an operator has looked at it. It is no artwork: it has no artwork's id, and nobody is served it.</summary>
/// <param name="HeldId">No other picture has had it.</param>
/// <param name="Artwork">The artwork that it becomes if it is approved.</param>
public sealed record HeldArtwork(long HeldId, NewArtwork Artwork, DateTimeOffset HeldAt, HeldState State);

/// <summary>A picture that an operator has refused.</summary>
public readonly record struct RefusedPicture(long HeldId, long PerceptualHash);

/// <summary>Pictures that wait for an operator, and those that were refused.</summary>
public interface IHeldPictures
{
    /// <summary>Has pictures wait, except those whose content or picture waits or was refused.</summary>
    /// <returns>How many were added.</returns>
    Task<int> HoldAsync(IReadOnlyList<NewArtwork> artworks, DateTimeOffset heldAt, CancellationToken cancellationToken);

    /// <summary>Pictures in a state after an id, in the order in which they came.</summary>
    Task<IReadOnlyList<HeldArtwork>> ReadAsync(HeldState state, long afterHeldId, int count, CancellationToken cancellationToken);

    /// <summary>One picture; null if there is none, or it is an artwork by now.</summary>
    Task<HeldArtwork?> FindAsync(long heldId, CancellationToken cancellationToken);

    /// <summary>The picture made from a file, or shown by a picture, with this SHA-256; null if there is none.</summary>
    Task<HeldArtwork?> FindContentAsync(string contentHash, CancellationToken cancellationToken);

    /// <summary>How many pictures wait.</summary>
    Task<long> CountWaitingAsync(CancellationToken cancellationToken);

    /// <summary>How many pictures that are not imported wait for a pool.</summary>
    Task<long> CountWaitingAsync(int pool, CancellationToken cancellationToken);

    /// <summary>All that were refused.</summary>
    Task<IReadOnlyList<RefusedPicture>> ReadRefusedAsync(CancellationToken cancellationToken);

    /// <summary>Writes what an operator decides, and who it was, in one transaction. A picture that was refused may be approved later.</summary>
    /// <returns>False if there is no such picture, or that was decided before; nothing was written.</returns>
    Task<bool> DecideAsync(long heldId, bool isApproved, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Drops approved pictures that are artworks by now.</summary>
    Task EndAsync(IReadOnlyCollection<long> heldIds, CancellationToken cancellationToken);
}
