using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Grains;

/// <summary>Registers what the grains need of their silo, apart from the ledger and the pictures.</summary>
public static class GrainServices
{
    /// <summary>The ledger's writer, the tally and the pools' settings.</summary>
    public static IServiceCollection AddArtFreshGrains(this IServiceCollection services, MoodPoolOptions? pools = null)
    {
        services.AddSingleton(pools ?? new MoodPoolOptions());
        services.AddSingleton<PictureFrame>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<TallyNudge>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<TallyNudge>());
        return services;
    }
}
