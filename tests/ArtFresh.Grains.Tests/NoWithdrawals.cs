using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Tests;

/// <summary>Withdrawals that a test states.</summary>
internal sealed class NoWithdrawals : IWithdrawals
{
    public List<WithdrawalChange> Changes { get; } = [];

    public Task<IReadOnlyList<WithdrawalChange>> ReadChangesAsync(long afterChange, int count, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WithdrawalChange>>([.. Changes.Where(change => change.Change > afterChange).Take(count)]);

    public Task<WithdrawalResult> WithdrawAsync(WithdrawalWish wish, OperatorAct act, string reason, CancellationToken cancellationToken)
    {
        Changes.Add(new WithdrawalChange(Changes.Count + 1, long.Parse(wish.Value, CultureInfo.InvariantCulture), !wish.IsUndone, null));
        return Task.FromResult(new WithdrawalResult(1, 1));
    }

    public Task<IReadOnlyList<(long ArtworkId, string PictureHash)>> FindUnhashedAsync(long afterArtworkId, int count, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task NoteHashAsync(long artworkId, long perceptualHash, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<WithdrawalChange>> TakeUntoldAsync(DateTimeOffset now, DateTimeOffset again, int count, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WithdrawalChange>>([]);

    public Task EndUntoldAsync(IReadOnlyCollection<long> changes, CancellationToken cancellationToken) => throw new NotSupportedException();
}
