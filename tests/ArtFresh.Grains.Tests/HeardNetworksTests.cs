using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>One network, one voice: what the key figures say of the claims of many networks, read from the ledger.</summary>
public sealed class HeardNetworksTests
{
    private const string Release = "r1";
    private static readonly DeliveryReport Honest = new(5, 0, "keepalive", "hidden", 1, [.. Enumerable.Repeat(200, 5)], Beacons: 1);
    private static readonly DeliveryReport Lying = new(5, 0, "later", "replay", 1, [.. Enumerable.Repeat(200, 5)], Beacons: 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NetworkThatIsAloneWithItsClaimsChangesNoVerdictAndTwoDo()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        for (var network = 1; network <= 6; network++)
        {
            await SendAsync(silo, network, Honest);
        }

        Assert.Equal("pass", await VerdictAsync(silo));
        for (var i = 0; i < 4; i++)
        {
            await SendAsync(silo, 900, Lying);
        }

        Assert.Equal("pass", await VerdictAsync(silo));
        await SendAsync(silo, 901, Lying);
        Assert.Equal("doubt", await VerdictAsync(silo));
    }

    private static async Task SendAsync(ArtFreshCluster silo, int network, DeliveryReport report)
    {
        var session = await silo.OpenSessionAsync($"guest-{Guid.CreateVersion7():N}", Release);
        var ids = (await session.Take(5)).Ids();
        var sent = await session.RecordBatch(SessionCalls.Batch(1, ids) with { Report = report, Network = network });
        Assert.Equal((SessionOutcome.Done, 5), (sent.Outcome, sent.Recorded));
    }

    private static async Task<string> VerdictAsync(ArtFreshCluster silo)
    {
        await Eventually.Async(async () => (await silo.ServicesOf(0).GetRequiredService<IImpressionLog>().ReadUntalliedWritersAsync(Stop)).Length == 0);
        return (await silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(2, Release)).Figures.Single(figure => figure.Name == "hookFlush").Verdict;
    }
}
