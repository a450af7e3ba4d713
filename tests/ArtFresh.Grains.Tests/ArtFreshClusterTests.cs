using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>What the cluster for tests of others promises.</summary>
public sealed class ArtFreshClusterTests
{
    [Fact]
    public async Task SiloInPlaceOfAKilledOneCommits()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 2 });
        for (var round = 1; round <= 2; round++)
        {
            // Each silo is killed in turn, so that in the end only silos that came later are left.
            await cluster.KillSiloAsync(0);
            await cluster.StartSiloAsync();
        }

        // The first calls may go to a silo that is gone.
        var recorded = await Eventually.FindAsync(async () =>
        {
            try
            {
                var session = await cluster.OpenSessionAsync("guest-a");
                return await session.Record(1, (await session.Take(5)).Ids());
            }
            catch (OrleansException)
            {
                return null;
            }
        });

        Assert.Equal(5, recorded.Recorded);
        Assert.Equal(2, cluster.Silos);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task ClusterWithoutSilosIsRefusedAtOnce(int silos) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ArtFreshCluster.StartAsync(new() { Silos = silos }));
}
