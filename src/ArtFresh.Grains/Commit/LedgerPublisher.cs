using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace ArtFresh.Grains.Commit;

/// <summary>How soon what was committed is told.</summary>
public sealed class LedgerPublisherOptions
{
    /// <summary>At the busiest, a message a writer, and one a pool, goes out so often.</summary>
    public TimeSpan Tick { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the ledger is asked for rows that nobody has added up.</summary>
    public TimeSpan LookDelay { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Publishes what the silo's writer has committed, once a tick at most; now and then also what the ledger holds of others that nobody has added up: after a lost
/// nudge, or of writers that died.
/// </summary>
public sealed partial class LedgerPublisher(
    IServiceProvider services, IGrainFactory grains, LedgerNews news, IImpressionLog log, LedgerPublisherOptions options, TimeProvider clock, ILogger<LedgerPublisher> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Runs while the silo takes calls.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(LedgerPublisher),
        ServiceLifecycleStage.Active,
        _ =>
        {
            var streams = services.GetRequiredKeyedService<IStreamProvider>(LedgerStreams.Provider);
            _running = Task.WhenAll(
                Task.Run(() => PublishNewsAsync(streams, _stopping.Token), CancellationToken.None),
                Task.Run(() => PublishUntalliedAsync(streams, _stopping.Token), CancellationToken.None));
            return Task.CompletedTask;
        },
        async cancellationToken =>
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task PublishNewsAsync(IStreamProvider streams, CancellationToken stopping)
    {
        while (true)
        {
            await news.ArrivedAsync(stopping).ConfigureAwait(false);
            var (positions, pools) = news.Take();
            await TryAsync(async () =>
            {
                await Task.WhenAll(
                [
                    .. positions.Select(writer => PublishOwnAsync(streams, writer.Key, writer.Value)),
                    .. pools.Select(pool => streams.GetStream<ArtworksEntered>(LedgerStreams.Artworks, pool).OnNextAsync(new ArtworksEntered(pool))),
                ]).WaitAsync(stopping).ConfigureAwait(false);
            }).ConfigureAwait(false);
            await Task.Delay(options.Tick, clock, stopping).ConfigureAwait(false);
        }
    }

    private async Task PublishUntalliedAsync(IStreamProvider streams, CancellationToken stopping)
    {
        while (true)
        {
            await TryAsync(async () =>
            {
                foreach (var writerNumber in await log.ReadUntalliedWritersAsync(stopping).ConfigureAwait(false))
                {
                    await PublishAsync(streams, writerNumber, long.MaxValue).WaitAsync(stopping).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
            await Task.Delay(options.LookDelay, clock, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>To this silo's tally: elsewhere it would have the database read and send what is in this process' memory.</summary>
    private async Task PublishOwnAsync(IStreamProvider streams, long writerNumber, long position)
    {
        await grains.GetGrain<IImpressionTallyGrain>(writerNumber).Begin().ConfigureAwait(false);
        await PublishAsync(streams, writerNumber, position).ConfigureAwait(false);
    }

    private static Task PublishAsync(IStreamProvider streams, long writerNumber, long position) =>
        streams.GetStream<BatchesCommitted>(LedgerStreams.Impressions, writerNumber).OnNextAsync(new BatchesCommitted(writerNumber, position));

    private async Task TryAsync(Func<Task> publish)
    {
        try
        {
            await publish().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Only a nudge: the ledger has what it left out, and the next look reads it.
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNudgeFailed(logger, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was committed was not published; the next look at the ledger will find it")]
    private static partial void LogNudgeFailed(ILogger logger, Exception failure);
}
