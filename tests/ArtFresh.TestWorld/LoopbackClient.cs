using System.Net;
using System.Net.Sockets;

namespace ArtFresh.TestWorld;

/// <summary>Clients with an address of loopback of their own, and so a network.</summary>
public static class LoopbackClient
{
    public static HttpClient From(string address, Uri server, bool cookies = true) => new(new SocketsHttpHandler
    {
        UseCookies = cookies,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = server,
        Timeout = TimeSpan.FromMinutes(5),
    };
}
