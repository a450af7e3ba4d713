using System.Net;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Grains;
using ArtFresh.Server.Membership;
using ArtFresh.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace ArtFresh.TestWorld;

/// <summary>A silo of this process whose ledger, membership, snapshots and reminders are in a database of its own.</summary>
public sealed class PostgresSilo : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly IHost _host;

    private PostgresSilo(PostgresDatabase database, IHost host) => (_database, _host) = (database, host);

    /// <summary>Starts one on a new database.</summary>
    public static Task<PostgresSilo> StartAsync(PostgresServer server) => StartAsync(server.NewDatabase());

    /// <summary>Starts one on a database that another may have left.</summary>
    public static async Task<PostgresSilo> StartAsync(string connectionString)
    {
        var database = new PostgresDatabase(connectionString);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), CancellationToken.None);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(new PictureStore(Path.GetTempPath()));
            silo.Services.AddPostgresLedger(database);
            silo.UsePostgresMembership(database);
            silo.UseArtFreshGrains();
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (ClusterNames.Default, ClusterNames.Service));
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromHours(2));
            silo.ConfigureEndpoints(IPAddress.Loopback, FreePort.Find(), FreePort.Find());
        });
        var host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        return new PostgresSilo(database, host);
    }

    public IServiceProvider Services => _host.Services;

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(CancellationToken.None), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
    }
}
