using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Listener;

/// <summary>
/// Ends the blocks of listeners to whose log a command has written beside the silos: a backfill, or an operator's joining. What is to end rests in the ledger, and any silo may
/// end it, also a second time.
/// </summary>
public sealed partial class BlockEnder(IBlockEndings endings, IGrainFactory grains, TimeProvider clock, ILogger<BlockEnder> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const int EndingsPerRound = 256;

    private const int CallsAtOnce = 16;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Runs while the silo takes calls.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(BlockEnder),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _running = Task.Run(RepeatAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellationToken =>
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RepeatAsync()
    {
        while (true)
        {
            await Task.Delay(s_interval, clock, _stopping.Token).ConfigureAwait(false);
            try
            {
                foreach (var some in (await endings.ReadAsync(EndingsPerRound, _stopping.Token).ConfigureAwait(false)).Chunk(CallsAtOnce))
                {
                    await Task.WhenAll(some.Select(EndAsync)).ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // The next interval goes on where this one stopped.
            catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(logger, failure);
            }
        }
    }

    private async Task EndAsync(BlockEnding ending)
    {
        if (await grains.GetGrain<IListenerGrain>(ending.ListenerId).EndBlocks().ConfigureAwait(false) is SessionOutcome.Done or SessionOutcome.Joined)
        {
            await endings.DeleteAsync(ending, _stopping.Token).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ending the blocks of listeners whose log a command has written failed; retrying at the next interval")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
