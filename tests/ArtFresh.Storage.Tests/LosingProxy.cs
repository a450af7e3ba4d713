using System.Net;
using System.Net.Sockets;

namespace ArtFresh.Storage.Tests;

/// <summary>Passes a connection on to PostgreSQL and, when told so, passes one more request and loses the answer with the connection.</summary>
internal sealed class LosingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;
    private volatile bool _losesNext;

    public LosingProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers lost so far.</summary>
    public int Lost { get; private set; }

    public void LoseNextAnswer() => _losesNext = true;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = PassAsync(client);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort);
            var requests = CopyAsync(client.GetStream(), server.GetStream(), isAnswer: false);
            var answers = CopyAsync(server.GetStream(), client.GetStream(), isAnswer: true);
            await Task.WhenAny(requests, answers);
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isAnswer)
    {
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer)) > 0;)
            {
                if (isAnswer && _losesNext)
                {
                    _losesNext = false;
                    Lost++;
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // The other side is gone, and so is this one.
        }
    }
}
