using System.Net;
using System.Net.Sockets;

namespace ArtFresh.Art;

/// <summary>
/// Connects to the images API's own host at any address, and to other hosts only at public addresses, so that an answer's <c>url</c> cannot
/// make this server fetch from its private network. Checks the address that it connects to, so that a second DNS answer cannot bypass the check.
/// </summary>
internal static class PublicHostConnector
{
    // Address blocks that are not globally reachable, and those that embed such addresses: IANA special-purpose registries, RFC 6890 and its updates.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Whether <paramref name="address"/> is globally reachable.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(NotPublic, network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>A handler without redirects, proxy, cookies and decompression.</summary>
    public static SocketsHttpHandler CreateHandler(string trustedHost) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxResponseDrainSize = 0,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, trustedHost, cancellationToken),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, string trustedHost, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        if (!host.Host.Equals(trustedHost, StringComparison.OrdinalIgnoreCase))
        {
            addresses = Array.FindAll(addresses, IsPublic);
            if (addresses.Length == 0)
            {
                throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API returned an address on {host.Host}, which has no public IP address.");
            }
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
