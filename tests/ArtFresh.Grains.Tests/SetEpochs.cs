using ArtFresh.Ledger;

namespace ArtFresh.Grains.Tests;

/// <summary>Epochs that a test sets.</summary>
internal sealed class SetEpochs : ILedgerEpochs
{
    public EpochList Known { get; set; } = EpochList.None;

    public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task FoundBehindAsync(string reason, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<LedgerEpoch> RestoredAsync(bool lostNothing, CancellationToken cancellationToken) => Task.FromResult(Known.All[^1]);
}
