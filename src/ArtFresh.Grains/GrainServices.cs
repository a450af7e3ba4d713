using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.Erasure;
using ArtFresh.Grains.Export;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.ListenerSession;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Releases;
using ArtFresh.Grains.Retention;
using ArtFresh.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Streams;

namespace ArtFresh.Grains;

/// <summary>Registers the grains' services, except the ledger and the pictures.</summary>
public static class GrainServices
{
    /// <summary>Queues of each stream provider, over which writers and pools are spread.</summary>
    private const int StreamPartitions = 4;

    /// <summary>
    /// Margin, in points of 100, by which the local silo may score worse than the best one and still get the grains that it calls: a grain elsewhere costs each request a
    /// message. A silo without activations scores better by 15, and one with idle processors by up to 40 more.
    /// </summary>
    private const int LocalSiloPreference = 20;

    /// <summary>How often the queues of the streams are polled.</summary>
    private static readonly TimeSpan StreamDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds the ledger writer, its streams, the pools and the release watch.</summary>
    public static ISiloBuilder UseArtFreshGrains(
        this ISiloBuilder silo, MoodPoolOptions? pools = null, CommitOptions? commit = null, ReleaseWatchOptions? watch = null, RetentionOptions? retention = null)
    {
        silo.AddMemoryStreams(LedgerStreams.Provider, streams =>
        {
            streams.ConfigurePartitioning(StreamPartitions);
            streams.ConfigurePullingAgent(agent => agent.Configure(options => options.GetQueueMsgsTimerPeriod = StreamDelay));
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        });
        // A provider of its own: its subscriptions are read from storage, which the pools' messages must not depend on.
        silo.AddMemoryStreams(SharedStreams.Provider, streams =>
        {
            streams.ConfigurePartitioning(SharedStreams.Partitions);
            streams.ConfigurePullingAgent(agent => agent.Configure(options => options.GetQueueMsgsTimerPeriod = StreamDelay));
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
        });
        silo.Configure<ResourceOptimizedPlacementOptions>(options => options.LocalSiloPreferenceMargin = LocalSiloPreference);
        var services = silo.Services;
        services.AddSingleton(pools ?? new MoodPoolOptions());
        services.AddSingleton(commit ?? new CommitOptions());
        services.AddSingleton(watch ?? new ReleaseWatchOptions());
        services.AddSingleton(retention ?? new RetentionOptions());
        services.AddSingleton(provider => new KnownReleases(
            provider.GetRequiredService<IReleaseLedger>(), watch?.Releases ?? [], (watch ?? new ReleaseWatchOptions()).Quorum, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReleasePolicies>();
        services.AddSingleton<ReleaseNames>();
        services.AddArtworks();
        services.TryAddSingleton<FreshRule>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<ReleaseMetrics>();
        services.AddSingleton<ReleaseResponse>();
        services.TryAddSingleton<PictureOptions>();
        services.AddSingleton<PictureFrame>();
        services.AddSingleton<Studio>();
        services.AddSingleton<LedgerNews>();
        services.AddSingleton<RecentBatches>();
        services.AddSingleton<UncheckedBlocks>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<Tallies>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, BlockEnder>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, EpochWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ErasureWorker>();
        services.AddSingleton<BlockDropping>().AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RetentionWorker>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LedgerPublisher>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<Tallies>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ReleaseWatcher>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, BlockCheck>();
        return silo;
    }

    private static void AddArtworks(this IServiceCollection services)
    {
        services.TryAddSingleton<KnownArtworks>();
        services.AddSingleton<WithdrawnArtworks>();
        services.AddSingleton<AlikeArtworks>().AddSingleton<LookAlikeFinder>();
        services.AddSingleton<CatalogueShelves>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<CatalogueShelves>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<WithdrawnArtworks>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, WithdrawalTeller>().AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ImpressionFeeder>();
    }
}
