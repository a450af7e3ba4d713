using System.Globalization;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Artworks;

/// <summary>Takes artworks down for operators, by a server or by a command beside it.</summary>
/// <param name="readPicture">Reads a stored picture by its hash; null if it does not exist.</param>
public sealed class Withdrawer(IWithdrawals withdrawals, Func<string, CancellationToken, Task<byte[]?>> readPicture, TimeProvider clock)
{
    private const int PicturesPerRead = 256;

    /// <summary>Takes artworks down or puts them back, and writes it to the audit. Computes the perceptual hashes of those imported without one, so that look-alikes are known.</summary>
    public async Task<WithdrawalResult> WithdrawAsync(WithdrawalWish wish, string actor, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var act = new OperatorAct(
            clock.GetUtcNow(), actor, wish.IsUndone ? "undo-withdrawal" : "withdraw", null,
            string.Create(CultureInfo.InvariantCulture, $"{wish.By.ToString().ToLowerInvariant()} {wish.Value}: {reason}"));
        var result = await withdrawals.WithdrawAsync(wish, act, reason, cancellationToken);
        if (!wish.IsUndone)
        {
            await HashPicturesAsync(cancellationToken);
        }

        return result;
    }

    private async Task HashPicturesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(long ArtworkId, string PictureHash)> some;
        var last = 0L;
        do
        {
            some = await withdrawals.FindUnhashedAsync(last, PicturesPerRead, cancellationToken);
            foreach (var (artworkId, pictureHash) in some)
            {
                last = artworkId;
                if (await readPicture(pictureHash, cancellationToken) is { } picture && PicturePrint.Of(picture) is { } print)
                {
                    await withdrawals.NoteHashAsync(artworkId, unchecked((long)print.Hash), cancellationToken);
                }
            }
        }
        while (some.Count == PicturesPerRead);
    }
}

/// <inheritdoc cref="IWithdrawalNewsGrain"/>
[GrainType("withdrawal-news"), StatelessWorker, Reentrant]
public sealed class WithdrawalNewsGrain(WithdrawnArtworks withdrawn) : Grain, IWithdrawalNewsGrain
{
    /// <inheritdoc/>
    public Task<WithdrawalNews> Tell(long afterChange)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterChange);
        return Task.FromResult(withdrawn.NewsAfter(afterChange));
    }
}

/// <inheritdoc cref="IWithdrawalsGrain"/>
[GrainType("withdrawals")]
public sealed class WithdrawalsGrain(IWithdrawals withdrawals, PictureStore pictures, TimeProvider clock) : Grain, IWithdrawalsGrain
{
    /// <inheritdoc/>
    public Task<WithdrawalResult> Withdraw(WithdrawalWish wish, string actor, string reason)
    {
        CallLimits.Check(wish);
        CallLimits.CheckReason(reason);
        return new Withdrawer(withdrawals, pictures.ReadAsync, clock).WithdrawAsync(wish, actor, reason, CancellationToken.None);
    }
}
