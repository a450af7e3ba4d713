using System.Net;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

public sealed class StrikesTests
{
    private const string Path = "/api/ops/strikes";
    private const int LoopbackVoice = (int)(NetworkTests.LoopbackHash % Limits.NetworksMax) + 1;
    private static readonly DateOnly KeysDay = new(2026, 3, 4);

    [Theory]
    [InlineData("127.0.0.77")]
    [InlineData("127.0.0.0/24")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task AddressIsStruckByTheHashOfItsNetworkOnTheDayOfTheKey(string address)
    {
        await using var front = await FrontEnd.StartAsync();

        // The first request that needs the key: it waits for it.
        var answer = await front.Operator.PostTextAsync(Path, $$"""{"network":"{{address}}","reason":"lies"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith(
            $$"""{"listeners":3,"network":{{LoopbackVoice}},"day":"2026-03-04","note":"Struck are listeners whose batches have come from it since 05:06Z, when the hash""",
            await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled), StringComparison.Ordinal);
        Assert.Equal(new ClaimStrike(null, LoopbackVoice, KeysDay, KeyMadeAt: FakeNetworkKeys.MadeAt), front.Cluster.Watch.Struck!.Value.Strike);
    }

    [Fact]
    public async Task ListenersAndHashesOfADayAreStruckAndLiftedUnderTheOperatorsName()
    {
        await using var front = await FrontEnd.StartAsync();

        var listener = await front.Operator.PostTextAsync(Path, """{"listener":"guest-liar","reason":"lies"}""");
        var (strike, actor, reason) = front.Cluster.Watch.Struck!.Value;
        await front.Operator.PostTextAsync(Path, """{"network":"951","day":"2026-02-01","lift":true,"reason":"no lies"}""");

        Assert.Equal("""{"listeners":3,"network":null,"day":null,"note":null}""", await listener.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal(("guest-liar", 0, false, "lies"), (strike.ListenerId, strike.Network, strike.IsLifted, reason));
        Assert.StartsWith("operator at ", actor, StringComparison.Ordinal);
        Assert.Equal(new ClaimStrike(null, 951, new DateOnly(2026, 2, 1), IsLifted: true), front.Cluster.Watch.Struck!.Value.Strike);
    }

    [Theory]
    [InlineData("""{"listener":"guest-liar"}""", "reason")]
    [InlineData("""{"listener":"guest-liar","reason":"   "}""", "reason")]
    [InlineData("""{"listener":"guest-liar","reason":"what Guest-Liar says"}""", "reason")]
    [InlineData("""{"listener":"sub-li%20ar","reason":"what Li Ar says"}""", "reason")]
    [InlineData("""{"reason":"x"}""", "listener")]
    [InlineData("""{"listener":"guest-liar","network":"951","reason":"x"}""", "listener")]
    [InlineData("""{"network":"0","reason":"x"}""", "network")]
    [InlineData("""{"network":"1025","reason":"x"}""", "network")]
    [InlineData("""{"network":"127.0.0.0/16","reason":"x"}""", "network")]
    [InlineData("""{"network":"here","reason":"x"}""", "network")]
    [InlineData("""{"network":"127.0.0.1","day":"2026-02-01","reason":"x"}""", "network")]
    [InlineData("""{"network":"951","day":"yesterday","reason":"x"}""", "day")]
    public async Task InvalidBodyIsRefusedWithItsFieldAndStrikesNothing(string body, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Operator.PostTextAsync(Path, body).AssertProblemAsync(400, "invalid_request", field);
        Assert.Null(front.Cluster.Watch.Struck);
    }

    [Theory]
    [InlineData("""{"listener":"guest-nobody","reason":"x"}""", 404)]
    [InlineData("""{"listener":"guest-nobody","lift":true,"reason":"x"}""", 404)]
    [InlineData("""{"network":"951","reason":"x"}""", 404)]
    [InlineData("""{"network":"127.0.0.1","lift":true,"reason":"x"}""", 200)]
    [InlineData("""{"network":"951","lift":true,"reason":"x"}""", 200)]
    [InlineData("""{"network":"127.0.0.1","reason":"x"}""", 200)]
    public async Task StrikeOfNobodySaysSoUnlessItIsOfWhoComesLater(string body, int status)
    {
        await using var front = await FrontEnd.StartAsync();
        front.Cluster.Watch.StruckListeners = 0;
        var answer = await front.Operator.PostTextAsync(Path, body);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(status == 404 ? "nobody_struck" : "\"listeners\":0", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StrangersStrikeNothing()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        await guest.PostTextAsync(Path, """{"listener":"guest-liar","reason":"x"}""").AssertProblemAsync(403, "not_operator");
        Assert.Null(front.Cluster.Watch.Struck);
    }
}
