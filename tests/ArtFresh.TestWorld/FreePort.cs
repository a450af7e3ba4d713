using System.Net;
using System.Net.Sockets;

namespace ArtFresh.TestWorld;

/// <summary>Ports of loopback that nobody listens on, and that are the caller's until this program ends: also over restarts, and against other test programs.</summary>
public static class FreePort
{
    // Below the ports that systems give to outgoing connections: one of those could take a server's while it restarts.
    private const int First = 10_240;
    private const int End = 32_768;

    /// <summary>
    /// A socket in Linux' abstract namespace for each port that was given away. It leaves the port to its owner, and keeps everybody else who asks this class, in any
    /// process, from taking the number between this answer and the owner's start.
    /// </summary>
    private static readonly Dictionary<int, Socket> Taken = [];

    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            if (TryTake(port))
            {
                return port;
            }
        }
    }

    /// <summary>Takes a port if nobody listens on it and nobody else has taken it.</summary>
    public static bool TryTake(int port)
    {
        var taken = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        lock (Taken)
        {
            try
            {
                if (OperatingSystem.IsLinux())
                {
                    taken.Bind(new UnixDomainSocketEndPoint($"\0artfresh-port-{port}"));
                }

                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (Taken.TryAdd(port, taken))
                {
                    return true;
                }
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        taken.Dispose();
        return false;
    }
}
