using ArtFresh.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Publishes the commits of this silo's writer, to subscribers outside the silos on <see cref="SharedStreams"/> and to the pools on <see cref="LedgerStreams"/>: at most one
/// message per writer and pool in each <see cref="CommitOptions.Tick"/>.
/// </summary>
public sealed partial class LedgerPublisher(
    IServiceProvider services, LedgerNews news, CommitOptions options, TimeProvider clock, ILogger<LedgerPublisher> logger)
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
            _running = Task.Run(() => PublishNewsAsync(streams, _stopping.Token), CancellationToken.None);
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
                    .. positions.Select(writer => ShareAsync(writer.Key, writer.Value)),
                    .. pools.Select(pool => streams.GetStream<ArtworksEntered>(LedgerStreams.Artworks, pool).OnNextAsync(new ArtworksEntered(pool))),
                ]).WaitAsync(stopping).ConfigureAwait(false);
            }).ConfigureAwait(false);
            await Task.Delay(options.Tick, clock, stopping).ConfigureAwait(false);
        }
    }

    private Task ShareAsync(long writerNumber, long position) => services.GetRequiredKeyedService<IStreamProvider>(SharedStreams.Provider)
        .GetStream<BatchesCommitted>(SharedStreams.Impressions, SharedStreams.Key)
        .OnNextAsync(new BatchesCommitted(writerNumber, position));

    private async Task TryAsync(Func<Task> publish)
    {
        try
        {
            await publish().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A message is only a hint: subscribers read the ledger, with or without it.
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(logger, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publishing committed batches and artworks failed; subscribers will find them when they next read the ledger")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
