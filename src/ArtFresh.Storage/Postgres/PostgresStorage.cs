using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Storage.Postgres;

/// <summary>Registers the ledger of a cluster.</summary>
public static class PostgresStorage
{
    /// <summary>Keeps the ledger in PostgreSQL. The schema must be up to date.</summary>
    public static IServiceCollection AddPostgresLedger(this IServiceCollection services, PostgresDatabase database)
    {
        services.AddSingleton(database);
        services.AddSingleton<ILedger, PostgresLedger>();
        services.AddSingleton<ILedgerUpkeep, PostgresUpkeep>();
        services.AddSingleton<ILedgerMonths, PostgresMonths>();
        return services.AddLedgerRoles(database);
    }
}
