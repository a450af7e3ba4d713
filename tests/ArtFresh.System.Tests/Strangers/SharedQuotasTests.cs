using System.Globalization;
using System.Net;
using ArtFresh.SystemTests.Faults;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Strangers;

/// <summary>Two processes that are both front ends of one cluster: a network that asks both has the quota of one.</summary>
public sealed class SharedQuotasTests
{
    private const int GuestsPerMinute = 20;

    private int _networks;

    [Fact]
    public async Task NetworkThatAsksTwoFrontEndsGetsAsMuchAsFromOne()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var connectionString = PostgresServer.Shared.NewDatabase();
        await FaultCluster.EnterCatalogueAsync(connectionString);
        ServerProcess Member() => new(
            "--ConnectionStrings:Ledger", connectionString, "--ArtFresh:Cluster:Address", "127.0.0.1", "--ArtFresh:TrustedProxies", "127.0.0.1/32",
            "--ArtFresh:Limits:SignInsPerMinute", GuestsPerMinute.ToString(CultureInfo.InvariantCulture));
        await using var one = Member();
        await using var other = Member();
        await one.StartAsync();
        await other.StartAsync();

        // Each tells the cluster of itself now and then. A new network each time, because asking spends its quota.
        await Eventually.TrueAsync(async () => await TakenAsync(NewNetwork(), one) < GuestsPerMinute && await TakenAsync(NewNetwork(), other) < GuestsPerMinute);
        var network = NewNetwork();
        var taken = await TakenAsync(network, one) + await TakenAsync(network, other);

        // A minute refills it; this takes a few seconds.
        Assert.InRange(taken, GuestsPerMinute, GuestsPerMinute + (GuestsPerMinute / 2) - 1);
    }

    private string NewNetwork() => $"198.{51 + (++_networks / 250)}.{_networks % 250}.7";

    /// <summary>How many guests of a network a front end takes before it refuses one.</summary>
    private static async Task<int> TakenAsync(string network, ServerProcess frontEnd)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = frontEnd.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", network);
        for (var taken = 0; taken < 2 * GuestsPerMinute; taken++)
        {
            using var answer = await http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return taken;
            }

            answer.EnsureSuccessStatusCode();
        }

        return 2 * GuestsPerMinute;
    }
}
