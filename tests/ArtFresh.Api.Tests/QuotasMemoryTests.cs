namespace ArtFresh.Api.Tests;

/// <summary>What other tests allocate meanwhile would be measured too.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MemoryOfThisProcess;

[Collection(typeof(MemoryOfThisProcess))]
public sealed class QuotasMemoryTests
{
    /// <summary>A million names, as a stranger with a large network of IPv6 could send: what is kept of them is bounded, and they share a network's tokens.</summary>
    [Fact]
    public void AccountsOfAMillionNamesAreBounded()
    {
        var quotas = QuotasTests.NewQuotas(new());
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 1_000_000; i++)
        {
            quotas.Take(Quota.Requests, quotas.Of($"guest-{i:d32}", new Network((ulong)i)));
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(quotas);
        Assert.InRange(grown, 1, 40_000_000);
    }
}
