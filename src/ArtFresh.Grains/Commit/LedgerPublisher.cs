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
    : SiloWork
{
    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        while (true)
        {
            await news.ArrivedAsync(Stopping).ConfigureAwait(false);
            // A message is only a hint: subscribers read the ledger, with or without it.
            await TryAsync(PublishAsync, failure => LogFailed(logger, failure)).ConfigureAwait(false);
            await Task.Delay(options.Tick, clock, Stopping).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync()
    {
        var (positions, pools) = news.Take();
        await Task.WhenAll([.. positions.Select(writer => ShareAsync(writer.Key, writer.Value)), .. pools.Select(TellPoolAsync)]).WaitAsync(Stopping).ConfigureAwait(false);
    }

    private Task ShareAsync(long writerNumber, long position) => services.GetRequiredKeyedService<IStreamProvider>(SharedStreams.Provider)
        .GetStream<BatchesCommitted>(SharedStreams.Impressions, SharedStreams.Key)
        .OnNextAsync(new BatchesCommitted(writerNumber, position));

    private Task TellPoolAsync(int pool) => services.GetRequiredKeyedService<IStreamProvider>(LedgerStreams.Provider)
        .GetStream<ArtworksEntered>(LedgerStreams.Artworks, pool).OnNextAsync(new ArtworksEntered(pool));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publishing committed batches and artworks failed; subscribers will find them when they next read the ledger")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
