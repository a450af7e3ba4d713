using System.Net;
using ArtFresh.Art;
using ArtFresh.Client;
using ArtFresh.Contracts;
using ArtFresh.Grains;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using k8s;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace ArtFresh.Server.Membership;

/// <summary>Configures Orleans: a cluster of one process, a silo of a cluster, or a client of one.</summary>
internal static class Member
{
    /// <summary>Grains that are idle this long leave memory.</summary>
    private static readonly TimeSpan IdleGrainsKept = TimeSpan.FromMinutes(5);

    /// <summary>How long a starting process waits for its database.</summary>
    private static readonly TimeSpan DatabasePatience = TimeSpan.FromSeconds(60);

    /// <summary>Time limit of a call between silos. Calls to a silo that dies end earlier, because membership declares it dead.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    /// <summary>Time limit of a call from a separate front end, which retries: it does not learn that a silo has died.</summary>
    private static readonly TimeSpan FrontEndAnswerMax = TimeSpan.FromSeconds(2);

    /// <summary>Adds a silo, a client or both, by the role, and upgrades the schema.</summary>
    public static async Task AddArtFreshMemberAsync(this WebApplicationBuilder builder, ServerSettings settings, DataDirectory directory)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        if (settings.Ledger is null)
        {
            builder.Services.AddSqliteLedger(directory.Ledger);
            builder.Services.AddSqliteKeys(directory);
            // SQLite blocks its thread: one more for the writer's flush, one more for a tally or a read. More would contend for the processors.
            ThreadPool.SetMinThreads(Environment.ProcessorCount + 2, Environment.ProcessorCount + 2);
            builder.UseOrleans(silo =>
            {
                UseOneSilo(silo);
                silo.UseLedgerSnapshots();
                UseGrains(silo, settings, directory, builder.SendsTraces());
            });
            return;
        }

        var certificate = settings.Cluster.LoadCertificate();
        var database = new PostgresDatabase(settings.Ledger);
        await UpgradeAsync(database, CancellationToken.None);
        builder.Services.AddPostgresKeys(database);
        if (settings.Role == ServerRole.Web)
        {
            builder.UseOrleansClient(client => UseClient(client, settings, database, certificate, builder.SendsTraces()));
            return;
        }

        builder.Services.AddPostgresLedger(database);
        builder.Services.AddHostedService<ClusterClock>();
        builder.Services.AddSingleton<IPictureOrigin, PostgresPictures>();
        builder.UseOrleans(silo =>
        {
            UseCluster(silo, settings, database);
            if (certificate is not null)
            {
                silo.UseTls(certificate.Configure);
            }

            UseGrains(silo, settings, directory, builder.SendsTraces());
        });
    }

    /// <summary>Upgrades a cluster's schema; says what it waits for.</summary>
    /// <exception cref="SettingException">The database does not answer.</exception>
    public static async Task UpgradeAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            // On the standard error: there is no logger yet, and a command's output is its result.
            await database.UpgradeAsync(
                TimeProvider.System, DatabasePatience, cancellationToken, why => OperatorConsole.Complain($"Waiting up to {DatabasePatience.TotalSeconds} s for PostgreSQL (ConnectionStrings:Ledger): {why}"));
        }
        catch (LedgerUnavailableException silent)
        {
            throw new SettingException(silent.Message);
        }
    }

    private static void UseClient(IClientBuilder client, ServerSettings settings, PostgresDatabase database, ClusterCertificate? certificate, bool sendsTraces)
    {
        client.UsePostgresMembership(database)
            .Configure<ClusterOptions>(options => Name(options, settings))
            .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .Configure<ClientMessagingOptions>(options => (options.ResponseTimeout, options.PreferredFamily) = (FrontEndAnswerMax, SiloEndpoints.OwnAddress().AddressFamily))
            .UseConnectionRetryFilter<WaitForSilos>();
        if (certificate is not null)
        {
            client.UseTls(certificate.Configure);
        }

        if (settings.Operators.OrleansDashboard)
        {
            client.AddDashboard();
        }

        if (sendsTraces)
        {
            client.AddActivityPropagation();
        }
    }

    private static MoodPoolOptions PoolsOf(ImagesApiOptions images, ArtSettings art) =>
        new()
        {
            SlowStock = images.StockAhead,
            SlowHeld = images.Held,
            PaintedPerDay = images.PicturesPerDay,
            PaintedPerDayAndNetwork = images.PicturesPerDayAndNetwork,
            PaintedPerDayAndListener = images.PicturesPerDayAndListener,
            Prefer = art.Prefer,
            GenomeVersion = art.GenomeVersion,
            LicenceRequired = art.LicenceRequired,
            LookAlikesOnce = art.LookAlikesOnce,
        };

    private static void UseGrains(ISiloBuilder silo, ServerSettings settings, DataDirectory directory, bool sendsTraces)
    {
        silo.Services.AddSingleton(provider => new PictureStore(directory.Pictures, provider.GetService<IPictureOrigin>()));
        if (settings.Images.Address is not null)
        {
            silo.Services.AddImagesApi(settings.Images);
            silo.Services.AddSingleton<ISlowArtist, ImagesArtist>();
        }

        silo.Services.AddSingleton(new PictureOptions { MegapixelsPerMinute = settings.Limits.PictureMegapixelsPerMinute });
        silo.UseArtFreshGrains(PoolsOf(settings.Images, settings.Art), watch: settings.Watch, retention: settings.Retention);
        if (settings.Operators.OrleansDashboard)
        {
            silo.AddDashboard();
        }

        if (sendsTraces)
        {
            silo.AddActivityPropagation();
        }

        silo.Services.AddWatchResponses(settings.Watch);
        CachePurger.Add(silo.Services, settings.Pictures);
        CloudEventPoster.Add(silo.Services, settings.Export, settings.Cluster.Name);
        silo.Services.Configure<GrainCollectionOptions>(options => options.CollectionAge = IdleGrainsKept);
    }

    private static void UseOneSilo(ISiloBuilder silo)
    {
        // One process is the whole cluster, so any free port on loopback will do.
        var port = Ports.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port));
        silo.ConfigureEndpoints(IPAddress.Loopback, port, gatewayPort: 0);
    }

    private static void UseCluster(ISiloBuilder silo, ServerSettings settings, PostgresDatabase database)
    {
        var cluster = settings.Cluster;
        silo.UsePostgresMembership(database);
        silo.Configure<ClusterOptions>(options => Name(options, settings));
        silo.UseEndpoints(cluster);
        if (cluster.Kubernetes)
        {
            // The default ignores a kubeconfig. This one uses it if there is one, and in a pod the pod's own account.
            silo.UseKubernetesHosting(options => options.Configure(hosting => hosting.GetClientConfiguration = KubernetesClientConfiguration.BuildDefaultConfig));
        }

        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = AnswerMax);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            // Moves a killed silo's sessions within seconds; the defaults take 15 s.
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;
            options.NumVotesForDeathDeclaration = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            // A silo waits at its start until it reaches all members that wrote "I am alive" within three periods. If all were killed and come back at
            // other addresses, the default of 30 s costs 90 s.
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
            options.DefunctSiloExpiration = TimeSpan.FromHours(1);
            options.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
        });
    }

    private static void Name(ClusterOptions options, ServerSettings settings) => (options.ClusterId, options.ServiceId) = (settings.Cluster.Name, ClusterNames.Service);

    /// <summary>Retries forever: a front end may start before the first silo.</summary>
    private sealed class WaitForSilos(TimeProvider clock) : IClientConnectionRetryFilter
    {
        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellationToken);
            return true;
        }
    }
}
