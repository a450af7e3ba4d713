using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.ListenerSession;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Streams;

namespace ArtFresh.Grains;

/// <summary>Registers what the grains need of their silo, apart from the ledger and the pictures.</summary>
public static class GrainServices
{
    /// <summary>Queues of the streams, over which the writers and pools are spread.</summary>
    private const int StreamPartitions = 4;

    /// <summary>
    /// How much fuller than the best silo one may be, of 100, and still take the grains that it is asked for: each that lies elsewhere costs every request a message more.
    /// A silo without activations is better by 15 for that alone, and one whose processors are idle by up to 40 more.
    /// </summary>
    private const int LocalSiloPreference = 20;

    /// <summary>How often a queue of the streams is looked into.</summary>
    private static readonly TimeSpan StreamDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>The ledger's writer, its streams, the pools' settings and the watch over releases.</summary>
    public static ISiloBuilder UseArtFreshGrains(
        this ISiloBuilder silo, MoodPoolOptions? pools = null, CommitOptions? commit = null, ReleaseWatchOptions? watch = null)
    {
        silo.AddMemoryStreams(LedgerStreams.Provider, streams =>
        {
            streams.ConfigurePartitioning(StreamPartitions);
            streams.ConfigurePullingAgent(agent => agent.Configure(options => options.GetQueueMsgsTimerPeriod = StreamDelay));
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        });
        // Apart from the silos' own: who subscribes is read from storage, and pools must hear of new artworks without it.
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
        services.AddSingleton(provider => new KnownReleases(
            provider.GetRequiredService<IReleaseLedger>(), watch?.Releases ?? [], (watch ?? new ReleaseWatchOptions()).Quorum, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReleasePolicies>();
        services.AddSingleton<ReleaseNames>();
        services.TryAddSingleton<KnownArtworks>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<ReleaseMetrics>();
        services.AddSingleton<ReleaseResponse>();
        services.AddSingleton<ReleaseWatcher>();
        services.TryAddSingleton<PictureOptions>();
        services.AddSingleton<PictureFrame>();
        services.AddSingleton<Studio>();
        services.AddSingleton<LedgerNews>();
        services.AddSingleton<RecentBatches>();
        services.AddSingleton<UncheckedBlocks>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<LedgerPublisher>();
        services.AddSingleton<Tallies>();
        services.AddSingleton<BlockCheck>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<LedgerPublisher>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<Tallies>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ReleaseWatcher>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<BlockCheck>());
        return silo;
    }
}
