using ArtFresh.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Storage;

/// <summary>Registers a database's classes as what the grains ask for.</summary>
internal static class LedgerPorts
{
    public static IServiceCollection AddLedgerPorts<TLedger, THistory, TCatalogue, TAudit, TReleases>(this IServiceCollection services)
        where TLedger : class, ILedger
        where THistory : class, ISessionHistory, IListenerHistory
        where TCatalogue : class, IArtworkCatalogue
        where TAudit : class, IImpressionLog, IAuditLedger
        where TReleases : class, IReleaseLedger, IOperatorAudit
    {
        services.AddSingleton<ILedger, TLedger>();
        services.AddSingleton<THistory>();
        services.AddSingleton<ISessionHistory>(provider => provider.GetRequiredService<THistory>());
        services.AddSingleton<IListenerHistory>(provider => provider.GetRequiredService<THistory>());
        services.AddSingleton<IArtworkCatalogue, TCatalogue>();
        services.AddSingleton<TAudit>();
        services.AddSingleton<IImpressionLog>(provider => provider.GetRequiredService<TAudit>());
        services.AddSingleton<IAuditLedger>(provider => provider.GetRequiredService<TAudit>());
        services.AddSingleton<TReleases>();
        services.AddSingleton<IReleaseLedger>(provider => provider.GetRequiredService<TReleases>());
        services.AddSingleton<IOperatorAudit>(provider => provider.GetRequiredService<TReleases>());
        return services;
    }
}
