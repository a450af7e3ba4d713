using ArtFresh.Contracts;
using ArtFresh.Grains.Listener;
using ArtFresh.Storage.Postgres;
using Orleans.Configuration;
using Orleans.Serialization;

namespace ArtFresh.Server.Membership;

/// <summary>Registers the cluster's membership and the other state that members share besides the ledger.</summary>
public static class PostgresMembership
{
    private const string Invariant = "Npgsql";

    /// <summary>Keeps membership, snapshots and reminders in the ledger's database by Orleans' ADO.NET providers, and starts the ledger's upkeep.</summary>
    public static ISiloBuilder UsePostgresMembership(this ISiloBuilder silo, PostgresDatabase database)
    {
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.AddAdoNetGrainStorage(ListenerGrain.SnapshotStorage, options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.AddAdoNetGrainStorage(SharedStreams.SubscriptionStorage, options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));
        silo.AddStartupTask((services, _) => services.GetRequiredService<IGrainFactory>().GetGrain<ILedgerUpkeepGrain>(0).Begin());
        silo.Services.AddOptions<AdoNetGrainStorageOptions>(ListenerGrain.SnapshotStorage).Configure<Serializer, ILogger<SnapshotSerializer>>(
            (options, serializer, logger) => options.GrainStorageSerializer = new SnapshotSerializer(serializer, logger));
        return silo;
    }

    /// <summary>Finds the silos in the membership table.</summary>
    public static IClientBuilder UsePostgresMembership(this IClientBuilder client, PostgresDatabase database) =>
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database.ConnectionString));

    /// <summary>Whether a silo of the cluster runs. One that was killed counts for two minutes, or until the others find it dead.</summary>
    internal static async Task<bool> HasSiloAsync(PostgresDatabase database, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select 1 from orleansmembershiptable where status = $1 and iamalivetime > (now() at time zone 'utc') - interval '2 minutes' limit 1",
        _ => true, cancellationToken, (long)SiloStatus.Active)).Count > 0;
}
