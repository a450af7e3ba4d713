using ArtFresh.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;

namespace ArtFresh.Client;

/// <summary>Connects a program to an ArtFresh cluster.</summary>
public static class ArtFreshClientServices
{
    /// <summary>How often the client reads the list of silos, so that it uses a new silo within seconds.</summary>
    private static readonly TimeSpan GatewayRefreshDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds an Orleans client of the cluster whose silos keep their ledger in this PostgreSQL database: <see cref="IClusterClient"/> calls its grains and
    /// subscribes to its streams. The host starts once a silo has answered.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="connectionString">The silos' <c>ConnectionStrings:Ledger</c>. The client only reads the table of silos.</param>
    /// <param name="cluster">The silos' <c>ArtFresh:Cluster:Name</c>.</param>
    /// <param name="certificate">The client's certificate, needed if the silos have <c>ArtFresh:Cluster:Certificate</c>.</param>
    /// <exception cref="ArgumentException">The connection string is malformed, or names no host.</exception>
    public static IServiceCollection AddArtFreshClient(this IServiceCollection services, string connectionString, string cluster = ClusterNames.Default, ClusterCertificate? certificate = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        if (new NpgsqlConnectionStringBuilder(connectionString).Host is null)
        {
            throw new ArgumentException("The connection string names no host.", nameof(connectionString));
        }

        return services.AddOrleansClient(client =>
        {
            client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString))
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, ClusterNames.Service))
                .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayRefreshDelay)
                .UseConnectionRetryFilter<RetryUntilStopped>()
                .AddArtFreshStreams();
            if (certificate is not null)
            {
                client.UseTls(certificate.Configure);
            }
        });
    }

    /// <summary>Adds the stream provider of <see cref="SharedStreams"/> to a client that is configured by hand.</summary>
    public static IClientBuilder AddArtFreshStreams(this IClientBuilder client) =>
        client.AddMemoryStreams(SharedStreams.Provider, streams => streams.ConfigurePartitioning(SharedStreams.Partitions));

    /// <summary>Retries forever, because a program may start before the first silo.</summary>
    private sealed class RetryUntilStopped : IClientConnectionRetryFilter
    {
        private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            await Task.Delay(RetryDelay, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }
}
