using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Grains.Listener;
using ArtFresh.Ledger;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;

namespace ArtFresh.Storage.Postgres;

/// <summary>Registers the ledger of a cluster, and what else its members share.</summary>
public static class PostgresStorage
{
    private const string Invariant = "Npgsql";

    /// <summary>Keeps the ledger, pictures and grains' whole states in PostgreSQL. The schema must be up to date.</summary>
    public static IServiceCollection AddPostgresLedger(this IServiceCollection services, PostgresDatabase database)
    {
        services.AddSingleton(database);
        services.AddLedgerPorts<PostgresLedger, PostgresHistory, PostgresCatalogue, PostgresAudit, PostgresReleases>();
        services.AddSingleton<IPictureOrigin, PostgresPictures>();
        services.AddSingleton<ILedgerUpkeep, PostgresUpkeep>();
        return services;
    }

    /// <summary>Membership, snapshots and reminders by Orleans' ADO.NET providers, in the same database; begins the ledger's upkeep.</summary>
    public static ISiloBuilder UsePostgresMembership(this ISiloBuilder silo, PostgresDatabase database)
    {
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.AddAdoNetGrainStorage(ListenerGrain.SnapshotStorage, options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.AddStartupTask((services, _) => services.GetRequiredService<IGrainFactory>().GetGrain<ILedgerUpkeepGrain>(0).Begin());
        silo.Services.AddOptions<AdoNetGrainStorageOptions>(ListenerGrain.SnapshotStorage).Configure<Serializer, ILogger<SnapshotSerializer>>(
            (options, serializer, logger) => options.GrainStorageSerializer = new SnapshotSerializer(serializer, logger));
        return silo;
    }

    /// <summary>Finds the silos by the same membership.</summary>
    public static IClientBuilder UsePostgresMembership(this IClientBuilder client, PostgresDatabase database) =>
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));

    /// <summary>Shares the keys of cookies and tokens. After the front end's own registration.</summary>
    public static IServiceCollection AddPostgresKeys(this IServiceCollection services, PostgresDatabase database)
    {
        services.AddSingleton(database);
        services.AddHostedService<SharedFirstKey>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new PostgresKeys(database, provider.GetRequiredService<TimeProvider>())));
        return services;
    }
}
