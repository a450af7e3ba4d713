using System.Net;
using System.Net.Sockets;

namespace ArtFresh.TestWorld;

/// <summary>Ports of loopback that nobody listens on.</summary>
public static class FreePort
{
    // Below the ports that systems give to outgoing connections: one of those could take a server's while it restarts.
    private const int First = 10_240;
    private const int End = 32_768;

    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
