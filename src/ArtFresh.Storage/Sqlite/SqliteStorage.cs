using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.ListenerSession;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Operations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Registers the embedded ledger.</summary>
public static class SqliteStorage
{
    /// <summary>Keeps everything in one SQLite file, whose schema is brought up to date at once.</summary>
    public static IServiceCollection AddSqliteLedger(this IServiceCollection services, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var database = new SqliteDatabase(path);
        database.Upgrade(TimeProvider.System);
        services.AddSingleton(database);
        services.AddSingleton<ILedger, SqliteLedger>();
        services.AddSingleton<SqliteHistory>();
        services.AddSingleton<ISessionHistory>(provider => provider.GetRequiredService<SqliteHistory>());
        services.AddSingleton<IListenerHistory>(provider => provider.GetRequiredService<SqliteHistory>());
        services.AddSingleton<IArtworkCatalogue, SqliteCatalogue>();
        services.AddSingleton<SqliteAudit>();
        services.AddSingleton<IImpressionLog>(provider => provider.GetRequiredService<SqliteAudit>());
        services.AddSingleton<IAuditLedger>(provider => provider.GetRequiredService<SqliteAudit>());
        return services.AddGrainStorage(
            ListenerGrain.SnapshotStorage,
            (provider, _) => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(provider));
    }
}
