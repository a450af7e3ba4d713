using System.Net;

namespace ArtFresh.Api.Tests;

public sealed class NetworkTests
{
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
}
