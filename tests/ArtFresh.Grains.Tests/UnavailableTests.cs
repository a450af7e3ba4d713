using ArtFresh.Contracts;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class UnavailableTests
{
    /// <summary>The caller is a client apart from the silo, as a front end of its own is: what it gets was written and read as bytes.</summary>
    [Fact]
    public async Task UnreadableLedgerReachesRemoteCallersWithTypeAndMessage()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        silo.Execute("alter table session rename to gone");

        var thrown = await Assert.ThrowsAsync<LedgerUnavailableException>(
            () => silo.Grains.GetGrain<ILedgerQueryGrain>(0).DescribeSession("guest-a", Guid.CreateVersion7()));

        Assert.Contains("no such table: session", thrown.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<UnavailableException>(thrown);
        Assert.Null(thrown.InnerException);
    }
}
