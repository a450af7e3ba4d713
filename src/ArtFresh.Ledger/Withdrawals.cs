using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>The last thing that an operator did to an artwork.</summary>
/// <param name="Change">Grows with each change: whoever has read up to one reads what came after it. Changes become visible in their order.</param>
/// <param name="PerceptualHash">Perceptual hash of the artwork's picture, by which look-alikes are known; null while it is not computed.</param>
public readonly record struct WithdrawalChange(long Change, long ArtworkId, bool IsWithdrawn, long? PerceptualHash);

/// <summary>Artworks that operators have taken down.</summary>
public interface IWithdrawals
{
    /// <summary>Changes after one, in their order.</summary>
    Task<IReadOnlyList<WithdrawalChange>> ReadChangesAsync(long afterChange, int count, CancellationToken cancellationToken);

    /// <summary>Takes artworks down or puts them back, and writes who did it, in one transaction.</summary>
    Task<WithdrawalResult> WithdrawAsync(WithdrawalWish wish, OperatorAct act, string reason, CancellationToken cancellationToken);

    /// <summary>Withdrawn artworks with a picture and without a perceptual hash, after an id, with their pictures' hashes.</summary>
    Task<IReadOnlyList<(long ArtworkId, string PictureHash)>> FindUnhashedAsync(long afterArtworkId, int count, CancellationToken cancellationToken);

    /// <summary>Writes the perceptual hash of a withdrawn artwork's picture, which is a change of it.</summary>
    Task NoteHashAsync(long artworkId, long perceptualHash, CancellationToken cancellationToken);

    /// <summary>Takes changes of which caches outside are not told, the oldest first. They are taken again after <paramref name="again"/> if they are not ended.</summary>
    Task<IReadOnlyList<WithdrawalChange>> TakeUntoldAsync(DateTimeOffset now, DateTimeOffset again, int count, CancellationToken cancellationToken);

    /// <summary>Caches outside are told of these changes.</summary>
    Task EndUntoldAsync(IReadOnlyCollection<long> changes, CancellationToken cancellationToken);
}
