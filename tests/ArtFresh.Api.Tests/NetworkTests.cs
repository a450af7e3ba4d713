using System.Net;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

public sealed class NetworkTests
{
    /// <summary>The first 8 bytes of the HMAC-SHA256 of 127.0.0.0/24 under <see cref="FakeNetworkKeys"/>' key.</summary>
    internal const ulong LoopbackHash = 4316019695906481078;

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.250", true)]
    [InlineData("203.0.113.7", "203.0.112.7", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.9", true)]
    [InlineData("2001:db8:1::1", "2001:db8:1:ffff::2", true)]
    [InlineData("2001:db8:1::1", "2001:db8:2::1", false)]
    [InlineData("0.0.1.1", "::1", false)]
    public void ANetworkIsAPrefixOfTheAddress(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Network.Of(IPAddress.Parse(one)) == Network.Of(IPAddress.Parse(other)));

    [Fact]
    public void ConnectionsWithoutAnAddressHaveANetworkOfTheirOwn()
    {
        Assert.Equal(Network.Unknown, Network.Of(address: null));
        Assert.NotEqual(Network.Unknown, Network.Of(IPAddress.Parse("255.255.255.255")));
        Assert.NotEqual(Network.Unknown, Network.Of(IPAddress.Parse("ffff:ffff:ffff:ffff::")));
    }

    [Fact]
    public async Task GrainsLearnTheHashOfANetworkAndNothingElse()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        foreach (var address in (string[])["203.0.113.7", "203.0.113.9", "198.51.100.7", "127.0.0.1"])
        {
            client.DefaultRequestHeaders.Remove(FrontEnd.RemoteAddressHeader);
            client.DefaultRequestHeaders.Add(FrontEnd.RemoteAddressHeader, address);
            await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=1");
            await client.PostBatchAsync(sessionId);
        }

        var session = front.Cluster.OnlySession;
        ulong[] hashes = [.. session.Wishes.Select(wish => wish.NetworkHash)];
        Assert.Equal(LoopbackHash, hashes[3]);
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(3, hashes.Distinct().Count());
        Assert.DoesNotContain(Network.Of(IPAddress.Parse("203.0.113.7")).Prefix, hashes);
        Assert.Equal(Array.ConvertAll(hashes, hash => (int)(hash % Limits.NetworksMax) + 1), session.Batches.ConvertAll(batch => batch.Network));
    }
}
