using ArtFresh.Contracts;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Which silo a grain lies on: what is asked for from another costs each request a message more.</summary>
public sealed class PlacementTests
{
    private const int Silos = 4;
    private const int SessionsAWave = 10;

    [Fact]
    public async Task SessionAndListenerAreActivatedOnTheCallingSiloEvenIfItIsFuller()
    {
        await using var cluster = await StartAsync();
        for (var wave = 0; wave < 2; wave++)
        {
            await TellStatisticsAsync(cluster);
            for (var i = 0; i < SessionsAWave; i++)
            {
                await ShowOnAsync(cluster, 0, $"guest-{wave}-{i}");
            }
        }
    }

    private static Task<ArtFreshCluster> StartAsync() => ArtFreshCluster.StartAsync(new()
    {
        Silos = Silos,
        // What processors and memory do in a test is chance: activations count as always, and nothing else.
        ConfigureSilo = silo => silo.Configure<ResourceOptimizedPlacementOptions>(options =>
            (options.CpuUsageWeight, options.MemoryUsageWeight, options.AvailableMemoryWeight, options.MaxAvailableMemoryWeight) = (0, 0, 0, 85)),
    });

    /// <summary>Has each silo know how full the others are, which it notes once it has placed a grain.</summary>
    private static async Task TellStatisticsAsync(ArtFreshCluster cluster)
    {
        for (var silo = 0; silo < Silos; silo++)
        {
            await cluster.ServicesOf(silo).GetRequiredService<IGrainFactory>().GetGrain<IListenerSessionGrain>(SessionKey.Of("nobody", Guid.CreateVersion7())).HighWater();
        }

        var hosts = await ManagementOf(cluster).GetHosts(onlyActive: true);
        await ManagementOf(cluster).ForceRuntimeStatisticsCollection([.. hosts.Keys], TestContext.Current.CancellationToken);
    }

    /// <summary>Has a listener take art and report it through a silo, and sees that all of it happens there.</summary>
    private static async Task ShowOnAsync(ArtFreshCluster cluster, int silo, string listenerId)
    {
        var grains = cluster.ServicesOf(silo).GetRequiredService<IGrainFactory>();
        var session = grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, Guid.CreateVersion7()));
        await session.Open("test");
        await session.Record(1, (await session.Take(1)).Ids());

        Assert.Equal(AddressOf(cluster, silo), await ManagementOf(cluster).GetActivationAddress(session));
        Assert.Equal(AddressOf(cluster, silo), await ManagementOf(cluster).GetActivationAddress(grains.GetGrain<IListenerGrain>(listenerId)));
    }

    private static SiloAddress AddressOf(ArtFreshCluster cluster, int silo) => cluster.ServicesOf(silo).GetRequiredService<ILocalSiloDetails>().SiloAddress;

    private static IManagementGrain ManagementOf(ArtFreshCluster cluster) => cluster.Grains.GetGrain<IManagementGrain>(0);
}
