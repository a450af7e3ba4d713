using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Extensions.DependencyInjection;

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
        // By a factory, because the container disposes only what it has made: closed connections leave nothing in the log beside the file.
        return services.AddSingleton(_ => database).AddRoles(database);
    }

    /// <summary>Keeps everything in a database whose schema is up to date, and which the caller disposes: silos may share it.</summary>
    public static IServiceCollection AddSqliteLedger(this IServiceCollection services, SqliteDatabase database) => services.AddSingleton(database).AddRoles(database);

    private static IServiceCollection AddRoles(this IServiceCollection services, SqliteDatabase database)
    {
        services.AddSingleton<SqliteLedger>();
        services.AddSingleton<ILedger>(provider => provider.GetRequiredService<SqliteLedger>());
        services.AddSingleton<SqliteStates>();
        services.AddSingleton<IStateLog>(provider => provider.GetRequiredService<SqliteStates>());
        services.AddSingleton<ILedgerMonths, SqliteMonths>();
        return services.AddLedgerRoles(database);
    }
}
