using System.Net;
using System.Net.Sockets;

namespace ArtFresh.Server;

/// <summary>The addresses that requests come to.</summary>
internal static class Ports
{
    /// <summary>Binds each port for a moment. A silo that has started before a port turns out to be taken has joined its cluster, and dies in it.</summary>
    /// <exception cref="SettingException">One cannot be listened on.</exception>
    public static void RefuseTaken(IConfiguration configuration)
    {
        foreach (var (url, address) in AddressesOf(configuration).Where(told => told.Address.Port > 0))
        {
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(address);
            }
            catch (SocketException refused) when (StartFaults.CureOf(refused.SocketErrorCode) is { } cure)
            {
                throw new SettingException($"--urls {url}: {cure}");
            }
        }
    }

    private static IEnumerable<(string Url, IPEndPoint Address)> AddressesOf(IConfiguration configuration)
    {
        foreach (var url in Hosting.UrlsOf(configuration).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = BindingAddress.Parse(url);
            foreach (var ip in address.IsUnixPipe || address.IsNamedPipe ? [] : AddressesOf(address.Host))
            {
                yield return (url, new IPEndPoint(ip, address.Port));
            }
        }
    }

    /// <summary>As Kestrel takes a host: a name is every address of the machine.</summary>
    private static IPAddress[] AddressesOf(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var address) ? [address]
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.Loopback]
        : [IPAddress.Any];
}
