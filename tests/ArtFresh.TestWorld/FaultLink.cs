using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ArtFresh.TestWorld;

/// <summary>A TCP link to a port of loopback that can be cut, slowed, and made to lose an answer: for all who use it, or for one process.</summary>
public sealed class FaultLink : IDisposable
{
    private const string Everybody = "";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, string> _connections = [];
    private readonly ConcurrentDictionary<string, bool> _cut = [];
    private readonly ConcurrentDictionary<string, TimeSpan> _delays = [];
    private readonly Func<int, string> _ownerOf;
    private readonly int _targetPort;
    private int _answersToLose;
    private int _lost;

    /// <param name="targetPort">Where the link leads.</param>
    /// <param name="ownerOf">Names the process that connected from a local port; null if processes need not be distinguished.</param>
    public FaultLink(int targetPort, Func<int, string>? ownerOf = null)
    {
        (_targetPort, _ownerOf) = (targetPort, ownerOf ?? (_ => Everybody));
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Answers lost so far.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Breaks the connections of a process, or of everybody, and refuses new ones until <see cref="Mend"/>.</summary>
    public void Cut(string from = Everybody)
    {
        _cut[from] = true;
        foreach (var (connection, owner) in _connections)
        {
            if (from.Length == 0 || owner == from)
            {
                connection.Close();
            }
        }
    }

    public void Slow(TimeSpan delay, string from = Everybody) => _delays[from] = delay;

    /// <summary>Ends what <see cref="Cut"/> and <see cref="Slow"/> began for the same process.</summary>
    public void Mend(string from = Everybody)
    {
        _cut.TryRemove(from, out _);
        _delays.TryRemove(from, out _);
    }

    /// <summary>The next answer that comes back is thrown away, with its connection.</summary>
    public void LoseNextAnswer() => Interlocked.Increment(ref _answersToLose);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Close();
        }
    }

    private bool IsCut(string owner) => _cut.ContainsKey(Everybody) || _cut.ContainsKey(owner);

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var owner = await Task.Run(() => _ownerOf(((IPEndPoint)client.Client.RemoteEndPoint!).Port));
                if (IsCut(owner))
                {
                    return;
                }

                await server.ConnectAsync(IPAddress.Loopback, _targetPort);
                _connections[client] = owner;
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), owner, isAnswer: false), CopyAsync(server.GetStream(), client.GetStream(), owner, isAnswer: true));
            }
            catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One side is gone, and so is the other.
            }
            finally
            {
                _connections.TryRemove(client, out _);
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, string owner, bool isAnswer)
    {
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer)) > 0;)
            {
                if (isAnswer && Volatile.Read(ref _answersToLose) > 0 && Interlocked.Decrement(ref _answersToLose) >= 0)
                {
                    Interlocked.Increment(ref _lost);
                    return;
                }

                if (_delays.TryGetValue(owner, out var delay) || _delays.TryGetValue(Everybody, out delay))
                {
                    await Task.Delay(delay, TimeProvider.System);
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
