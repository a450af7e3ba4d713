using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Commit;

/// <summary>How soon committed batches are published and added up.</summary>
public sealed class CommitOptions
{
    /// <summary>The shortest time between two tallies of this silo's writer, and between two messages on a stream.</summary>
    public TimeSpan Tick { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often to look for writers whose tally has stopped.</summary>
    public TimeSpan SweepDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long views wait at least until artworks' counts have them; with a large catalogue up to 60 times as long.</summary>
    public TimeSpan ViewsDelay { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// Adds up the commits of this silo's writer in each tick, and sweeps: adds up for writers whose own tally has stopped. Any silo may sweep, and during a rolling upgrade a
/// silo of the previous release may run a tally of the same writer: the checkpoint in the ledger lets one of them through, and the others reload it.
/// </summary>
public sealed partial class Tallies(
    IImpressionLog log, IViewCounts views, RecentBatches recent, ILedger ledger, ILedgerEpochs epochs, KnownReleases known, ReleaseMetrics metrics, CommitOptions options, TimeProvider clock,
    ILogger<Tallies> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>Pause after a tally, as a multiple of its time: a tally of three seconds of batches rewrites the same counters as a tally of one second.</summary>
    private const int PauseFactor = 10;

    /// <summary>The most writers in one sweep, so that one silo does not take on all writers of a lost cluster.</summary>
    private const int SweptMax = 64;

    /// <summary>The longest pause, which bounds the age of figures.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<long, long> _suspects = [];
    private WriterTally? _own;
    private Task _running = Task.CompletedTask;

    /// <summary>Starts before the writer and stops after it, so that the last commit is added up.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(Tallies), ServiceLifecycleStage.RuntimeStorageServices - 1, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(
            Task.Run(() => TallyOwnAsync(_stopping.Token), CancellationToken.None),
            Task.Run(() => SweepAsync(_stopping.Token), CancellationToken.None),
            Task.Run(() => CountViewsAsync(_stopping.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_running.IsCompleted && recent.WriterNumber != 0)
        {
            await TryAsync(recent.WriterNumber, () => OwnTally().CatchUpAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task TallyOwnAsync(CancellationToken stopping)
    {
        while (true)
        {
            await recent.ArrivedAsync(stopping).ConfigureAwait(false);
            var started = clock.GetTimestamp();
            if (!await TryAsync(recent.WriterNumber, () => OwnTally().CatchUpAsync(stopping)).ConfigureAwait(false))
            {
                recent.SignalAgain();
            }

            var pause = clock.GetElapsedTime(started) * PauseFactor;
            await Task.Delay(pause < options.Tick ? options.Tick : pause < PauseMax ? pause : PauseMax, clock, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>The tally of the current writer. A writer that failed commits nothing more, and the sweep adds up its remaining rows.</summary>
    private WriterTally OwnTally() => _own?.WriterNumber == recent.WriterNumber ? _own : _own = TallyOf(recent.WriterNumber, 0, recent, recent.Epoch);

    private WriterTally TallyOf(long writerNumber, long position, RecentBatches? handedOver, long epoch) => new(writerNumber, position, handedOver, epoch, epochs, log, ledger, known, metrics, clock, logger);

    private async Task SweepAsync(CancellationToken stopping)
    {
        while (true)
        {
            await TryAsync(0, () => SweepOnceAsync(stopping)).ConfigureAwait(false);
            await Task.Delay(options.SweepDelay, clock, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Adds up for writers with untallied rows whose checkpoint has not moved since the last sweep: a live tally moves it every few seconds. This silo's own writers are swept
    /// too, because a commit whose answer was lost may be in the ledger without having reached the tally.
    /// </summary>
    private async Task SweepOnceAsync(CancellationToken stopping)
    {
        var before = new Dictionary<long, long>(_suspects);
        _suspects.Clear();
        var swept = 0;
        // Before anything is read.
        var epoch = epochs.Known.Current;
        foreach (var writerNumber in await log.ReadUntalliedWritersAsync(stopping).ConfigureAwait(false))
        {
            var checkpoint = await log.ReadCheckpointAsync(writerNumber, stopping).ConfigureAwait(false);
            if (swept == SweptMax || !before.TryGetValue(writerNumber, out var known) || known != checkpoint)
            {
                _suspects[writerNumber] = checkpoint;
                continue;
            }

            swept++;
            await TryAsync(writerNumber, () => TallyOf(writerNumber, checkpoint, null, epoch).CatchUpAsync(stopping)).ConfigureAwait(false);
        }
    }

    private async Task CountViewsAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(options.ViewsDelay, clock, stopping).ConfigureAwait(false);
            await TryAsync(0, () => views.CountAsync(clock.GetUtcNow(), options.ViewsDelay, stopping)).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync(long writerNumber, Func<Task> tally)
    {
        try
        {
            await tally().ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // The ledger holds the rows and the checkpoint; the next try continues from there.
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(logger, writerNumber, options.SweepDelay, failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Adding up the batches of writer {WriterNumber} (0: finding the writers to sweep, or adding views to counts) failed; retrying within {Delay}")]
    private static partial void LogFailed(ILogger logger, long writerNumber, TimeSpan delay, Exception failure);
}
