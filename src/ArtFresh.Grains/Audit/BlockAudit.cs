using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Audit;

/// <summary>
/// Reads each block of fresh art back from the ledger, with the whole log of its listener, and counts what was served twice: a fault in what a listener's grain
/// remembers, or in how it chooses, shows here and not in the grain. Reading a log costs more the longer it is, so the audit rests in proportion: it takes a fixed
/// share of the time, and under load audits a sample. <c>verify</c> reads every log.
/// </summary>
public sealed partial class BlockAudit(UnauditedBlocks blocks, IBlockLog log, LedgerWriter ledger, TimeProvider clock, ILogger<BlockAudit> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>It pauses this many times as long as it worked: 1% of one processor at most.</summary>
    private const int RestsTimes = 99;

    /// <summary>The longest pause, so that one slow read does not end the audit.</summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Runs while the silo takes calls.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(BlockAudit),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _running = Task.Run(RunAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellationToken =>
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        await foreach (var block in blocks.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
        {
            var started = clock.GetTimestamp();
            await TryAuditAsync(block).ConfigureAwait(false);
            var rest = clock.GetElapsedTime(started) * RestsTimes;
            await Task.Delay(rest < RestMax ? rest : RestMax, clock, _stopping.Token).ConfigureAwait(false);
        }
    }

    private async Task TryAuditAsync(UnauditedBlock block)
    {
        try
        {
            var again = ServedTwice.Find(await log.ReadBlockRowsAsync(block.ListenerId, _stopping.Token).ConfigureAwait(false), block.BlockNumber);
            if (again.Count == 0)
            {
                return;
            }

            LogServedTwice(logger, block.BlockNumber, block.ListenerId, block.SessionId, again.Count, again[0]);
            if (again.Count > block.RepeatsServed
                && await ledger.AppendAsync(new ServedTwiceFound(block.SessionId, block.LoggedAt, again.Count - block.RepeatsServed)).ConfigureAwait(false) != LedgerVerdict.Committed)
            {
                LogUncounted(logger, block.BlockNumber, block.ListenerId);
            }
        }
#pragma warning disable CA1031 // The next block is audited whatever happened to this one.
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(logger, block.BlockNumber, block.ListenerId, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "[Violation] block {BlockNumber} of listener {ListenerId} serves session {SessionId} {Count} artworks that earlier blocks gave the listener, the first {ArtworkId}")]
    private static partial void LogServedTwice(ILogger logger, long blockNumber, string listenerId, Guid sessionId, int count, long artworkId);

    [LoggerMessage(Level = LogLevel.Error, Message = "What block {BlockNumber} of listener {ListenerId} served twice could not be counted in the ledger; verify and legacy still show it")]
    private static partial void LogUncounted(ILogger logger, long blockNumber, string listenerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Auditing block {BlockNumber} of listener {ListenerId} failed; going on with the next block")]
    private static partial void LogFailed(ILogger logger, long blockNumber, string listenerId, Exception failure);
}
