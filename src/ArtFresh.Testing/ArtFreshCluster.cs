using ArtFresh.Art;
using ArtFresh.Client;
using ArtFresh.Contracts;
using ArtFresh.Grains;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace ArtFresh.Testing;

/// <summary>How a cluster for tests differs from one that serves listeners.</summary>
public sealed class ArtFreshClusterOptions
{
    /// <summary>Silos at the start.</summary>
    public int Silos { get; set; } = 1;

    /// <summary>How the pools keep stock; they check for new art more often than in production.</summary>
    public MoodPoolOptions Pools { get; set; } = new() { RefreshDelay = TimeSpan.FromMilliseconds(200) };

    /// <summary>A generator to try before the neural one.</summary>
    public ISlowArtist? SlowArtist { get; set; }

    /// <summary>How often silos look in the ledger for writers whose tally has stopped.</summary>
    public TimeSpan SweepDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long views wait until artworks' counts have them.</summary>
    public TimeSpan ViewsDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How releases are watched: rarely, so that tests judge when they want to; every release has figures of its own.</summary>
    public ReleaseWatchOptions Watch { get; set; } = new() { Interval = TimeSpan.FromHours(1), PolicyDelay = TimeSpan.FromMilliseconds(100), Releases = ["*"] };

    /// <summary>Further configuration of each silo.</summary>
    public Action<ISiloBuilder>? ConfigureSilo { get; set; }
}

/// <summary>
/// An ArtFresh cluster in this process: the real grains, and the embedded ledger's own SQL on a database in memory, so that what holds here holds on disk,
/// except for the disk's own faults. Faults are injected on demand. Disposing it leaves nothing behind.
/// </summary>
/// <example><code>
/// await using var cluster = await ArtFreshCluster.StartAsync();
/// var session = await cluster.OpenSessionAsync("ann");
/// var fresh = await session.TakeFresh(new FreshRequest(5, Mood.Neutral, null));
/// </code></example>
public sealed class ArtFreshCluster : IAsyncDisposable
{
    private readonly ArtFreshClusterOptions _options;
    private readonly string _pictures = Directory.CreateTempSubdirectory("artfresh-").FullName;
    private InProcessTestCluster _cluster;

    private ArtFreshCluster(ArtFreshClusterOptions options)
    {
        _options = options;
        Ledger.Upgrade(TimeProvider.System);
        _cluster = Build();
    }

    /// <summary>Starts a cluster that is ready for calls.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="ArtFreshClusterOptions.Silos"/> is under 1.</exception>
    public static async Task<ArtFreshCluster> StartAsync(ArtFreshClusterOptions? options = null)
    {
        options ??= new ArtFreshClusterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Silos, 1);
        var cluster = new ArtFreshCluster(options);
        await cluster._cluster.DeployAsync().ConfigureAwait(false);
        return cluster;
    }

    /// <summary>A client of the cluster, which calls its grains and subscribes to its streams.</summary>
    public IClusterClient Client => _cluster.Client;

    /// <summary>Calls the grains.</summary>
    public IGrainFactory Grains => _cluster.Client;

    /// <summary>Injects faults into the ledger.</summary>
    public LedgerFaults Faults { get; } = new();

    /// <summary>The ledger's database, which outlives the silos.</summary>
    public SqliteDatabase Ledger { get; } = SqliteDatabase.InMemory();

    /// <summary>Silos that run.</summary>
    public int Silos => _cluster.Silos.Count;

    /// <summary>The services of a silo: its <see cref="LedgerWriter"/>, and the ports through which grains read the ledger.</summary>
    public IServiceProvider ServicesOf(int silo) => _cluster.Silos[silo].ServiceProvider;

    /// <summary>A session's grain.</summary>
    public IListenerSessionGrain Session(string listenerId, Guid sessionId) => Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, sessionId));

    /// <summary>A new session of a listener.</summary>
    /// <exception cref="InvalidOperationException">It was not opened.</exception>
    public async Task<IListenerSessionGrain> OpenSessionAsync(string listenerId, string release = "test")
    {
        var session = Session(listenerId, Guid.CreateVersion7());
        var opened = await session.Open(release).ConfigureAwait(false);
        return opened.Outcome == SessionOutcome.Done ? session : throw new InvalidOperationException($"The session was not opened: {opened.Outcome}.");
    }

    /// <summary>Starts one more silo on the same ledger.</summary>
    public Task StartSiloAsync() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Stops a silo as an operator does: its grains write their snapshots and go.</summary>
    public Task StopSiloAsync(int silo) => _cluster.StopSiloAsync(_cluster.Silos[silo]);

    /// <summary>A silo dies: from this moment on, it commits nothing. <see cref="StartSiloAsync"/> puts another in its place.</summary>
    /// <remarks>Calls on their way to it, and the first that a client sends there afterwards, throw an <see cref="OrleansException"/>: repeat them.</remarks>
    public Task KillSiloAsync(int silo)
    {
        LedgerFaults.Cut(ServicesOf(silo).GetRequiredService<ILedger>());
        return _cluster.KillSiloAsync(_cluster.Silos[silo]);
    }

    /// <summary>Stops all silos, as <see cref="StopSiloAsync"/> does, and lets nothing run until <see cref="RestartAsync"/>.</summary>
    public Task StopAsync() => _cluster.StopAllSilosAsync();

    /// <summary>New silos on the same ledger, after the old ones have stopped.</summary>
    public async Task RestartAsync()
    {
        await _cluster.DisposeAsync().ConfigureAwait(false);
        _cluster = Build();
        await _cluster.DeployAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync().ConfigureAwait(false);
        Ledger.Dispose();
        try
        {
            Directory.Delete(_pictures, recursive: true);
        }
        catch (IOException)
        {
            // A picture that was being drawn when the silos stopped may still land here; the system clears its own temporary files.
        }
    }

    private InProcessTestCluster Build()
    {
        var builder = new InProcessTestClusterBuilder((short)_options.Silos);
        builder.ConfigureClient(client => client.AddArtFreshStreams().UseConnectionRetryFilter<WaitForSilos>());
        builder.ConfigureSilo((_, host) =>
        {
            var services = host.Services;
            services.AddSingleton(TimeProvider.System);
            services.AddSqliteLedger(Ledger);
            services.AddSingleton<ILedger>(provider => Faults.Around(provider.GetRequiredService<SqliteLedger>(), provider.GetRequiredService<SqliteStates>()));
            services.AddSingleton(provider => (IStateLog)provider.GetRequiredService<ILedger>());
            services.AddSingleton(new PictureStore(_pictures));
            services.Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit) = (TimeSpan.FromSeconds(0.5), 2));
            host.UseLedgerSnapshots();
            host.UseArtFreshGrains(_options.Pools, new CommitOptions { SweepDelay = _options.SweepDelay, ViewsDelay = _options.ViewsDelay }, _options.Watch);
            if (_options.SlowArtist is { } artist)
            {
                services.AddSingleton(artist);
            }

            _options.ConfigureSilo?.Invoke(host);
        });
        return builder.Build();
    }

    /// <summary>On a busy machine a silo may be ready before the client sees it among the members.</summary>
    private sealed class WaitForSilos : IClientConnectionRetryFilter
    {
        private const int TriesMax = 100;
        private int _tries;

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return ++_tries < TriesMax;
        }
    }
}
