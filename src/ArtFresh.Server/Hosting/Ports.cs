using System.Net;
using System.Net.Sockets;

namespace ArtFresh.Server;

/// <summary>Checks the ports that the server listens on.</summary>
internal static class Ports
{
    /// <summary>Binds each port for a moment, before the start: a silo that fails on a taken port after joining its cluster leaves a dead member behind.</summary>
    /// <exception cref="SettingException">A port is taken or not allowed.</exception>
    public static void RefuseTaken(IConfiguration configuration)
    {
        foreach (var (url, address) in AddressesOf(configuration).Where(configured => configured.Address.Port > 0))
        {
            try
            {
                Bind(address);
            }
            catch (SocketException refused) when (StartFaults.CureOf(refused.SocketErrorCode) is { } cure)
            {
                throw new SettingException($"--urls {url}: {cure}");
            }
        }
    }

    /// <summary>Binds a port for a moment, to find out whether it can be listened on.</summary>
    /// <returns>The port: for 0, one that nobody listens on.</returns>
    /// <exception cref="SocketException">It cannot be listened on.</exception>
    public static int Bind(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endpoint);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static IEnumerable<(string Url, IPEndPoint Address)> AddressesOf(IConfiguration configuration)
    {
        foreach (var url in ListenUrls.Of(configuration).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = BindingAddress.Parse(url);
            if (!address.IsUnixPipe && !address.IsNamedPipe && ListenUrls.AddressOf(address.Host) is { } ip)
            {
                yield return (url, new IPEndPoint(ip, address.Port));
            }
        }
    }
}
