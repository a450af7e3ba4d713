using ArtFresh.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Storage.Sql;

/// <summary>Registers the reader.</summary>
internal static class LedgerRoles
{
    /// <summary>Registers the reader under each role that grains use.</summary>
    public static IServiceCollection AddLedgerRoles(this IServiceCollection services, SqlDatabase database) => services
        .AddSingleton(database)
        .AddSingleton<ILedgerEpochs>(database.Epochs)
        .AddSingleton<ISessionHistory, SqlHistory>()
        .AddSingleton<IListenerHistory, SqlHistory>()
        .AddSingleton<IBlockLog, SqlHistory>()
        .AddSingleton<IListenerAliases, SqlAliases>()
        .AddSingleton<IListenerRecords, SqlRecords>()
        .AddSingleton<IErasures>(provider => provider.GetRequiredService<SqlErasures>())
        .AddSingleton<SqlErasures>()
        .AddSingleton<IRetention, SqlRetention>()
        .AddSingleton<IBlockMonths, SqlBlockMonths>()
        .AddSingleton<IBlockEndings, SqlBlockEndings>()
        .AddSingleton<IArtworkCatalogue, SqlCatalogue>()
        .AddSingleton<IWithdrawals, SqlWithdrawals>()
        .AddSingleton<ICollections, SqlCollections>()
        .AddSingleton<IHeldPictures, SqlHeldPictures>()
        .AddSingleton<IAlikeArtworks, SqlAlikeArtworks>()
        .AddSingleton<IImpressionFeed, SqlFeed>()
        .AddSingleton<IImpressionLog, SqlFigures>()
        .AddSingleton<IViewCounts, SqlViewCounts>()
        .AddSingleton<ILedgerFigures, SqlFigures>()
        .AddSingleton<IReleaseLedger, SqlReleases>()
        .AddSingleton<IClaimStrikes, SqlReleases>()
        .AddSingleton<IOperatorAudit, SqlReleases>();
}
