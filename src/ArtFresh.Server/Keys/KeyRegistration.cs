using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace ArtFresh.Server;

/// <summary>Registers where the keys of cookies and tokens rest. Call it after the front end's own registration.</summary>
public static class KeyRegistration
{
    /// <summary>Shares the keys of a cluster's front ends.</summary>
    public static IServiceCollection AddPostgresKeys(this IServiceCollection services, PostgresDatabase database)
    {
        services.AddSingleton(database);
        services.AddHostedService<SharedFirstKey>();
        return services.AddLedgerKeys(_ => database, null);
    }

    /// <summary>Keeps an embedded server's keys in the ledger, and a file of each in the data directory.</summary>
    public static IServiceCollection AddSqliteKeys(this IServiceCollection services, DataDirectory directory) =>
        services.AddLedgerKeys(provider => provider.GetRequiredService<SqliteDatabase>(), new KeyRingFiles(directory));

    private static IServiceCollection AddLedgerKeys(this IServiceCollection services, Func<IServiceProvider, SqlDatabase> database, KeyRingFiles? files) =>
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new LedgerKeys(
            new SqlKeys(database(provider)), files, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LedgerKeys>>())));
}
