using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>What becomes of one request.</summary>
public enum Fault
{
    /// <summary>It goes through.</summary>
    None,

    /// <summary>503 in the server's place; the server never sees it.</summary>
    Unavailable,

    /// <summary>404 in the server's place, as from a release that has no such endpoint.</summary>
    NotFound,

    /// <summary>The server does the work; its answer is thrown away.</summary>
    AnswerLost,
}

/// <summary>One request that reached the proxy.</summary>
public sealed record ProxiedRequest(string Method, string Path, string Body);

/// <summary>
/// Stands on loopback between a browser and the server, one connection a request, and injects faults on request. Serves the pages of the
/// test itself, so that they are of the server's origin.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = [];
    private readonly Uri _server;
    private readonly Func<string, byte[]?> _page;
    private readonly Task _accepting;
    private volatile bool _isCut;

    /// <param name="page">The file for a path, where it is not the server's.</param>
    public FaultProxy(Uri server, Func<string, byte[]?> page)
    {
        (_server, _page) = (server, page);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Decides about each request to the API.</summary>
    public Func<ProxiedRequest, Fault> Decide { get; set; } = _ => Fault.None;

    /// <summary>Called for each request to the API that the server answered, with its status.</summary>
    public Action<ProxiedRequest, int> Answered { get; set; } = (_, _) => { };

    /// <summary>The network: cut, every connection breaks and none is made.</summary>
    public bool IsCut
    {
        get => _isCut;
        set
        {
            _isCut = value;
            foreach (var connection in value ? _connections.Keys : [])
            {
                connection.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        IsCut = true;
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_closing.Token);
                _connections[connection] = true;
                _ = ServeAsync(connection);
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or InvalidOperationException)
        {
            // Disposed; the listener says so in its own way between two connections.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        try
        {
            using (connection)
            {
                if (!_isCut && await ReadRequestAsync(connection.GetStream()) is var (request, head, body))
                {
                    await AnswerAsync(connection.GetStream(), request, head, body);
                    connection.Client.Shutdown(SocketShutdown.Send);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // A broken connection is what a browser has to live with.
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task AnswerAsync(NetworkStream browser, ProxiedRequest request, string head, byte[] body)
    {
        if (_page(request.Path.Split('?')[0]) is { } file)
        {
            await WriteAsync(browser, "200 OK", TypeOf(request.Path), file);
            return;
        }

        var isApi = request.Path.StartsWith("/api/", StringComparison.Ordinal);
        var fault = isApi ? Decide(request) : Fault.None;
        if (fault is Fault.Unavailable or Fault.NotFound)
        {
            var status = fault == Fault.Unavailable ? "503 Service Unavailable" : "404 Not Found";
            await WriteAsync(browser, status, "application/problem+json", "{\"code\":\"made_up\"}"u8.ToArray());
            return;
        }

        var answer = await AskServerAsync(head, body);
        if (isApi && answer.Length > 12)
        {
            Answered(request, int.Parse(Encoding.ASCII.GetString(answer, 9, 3), System.Globalization.CultureInfo.InvariantCulture));
        }

        if (fault == Fault.None && !_isCut)
        {
            await browser.WriteAsync(answer);
        }
    }

    /// <summary>One connection a request, closed by the server, so that the answer's end is the connection's.</summary>
    private async Task<byte[]> AskServerAsync(string head, byte[] body)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(_server.Host, _server.Port);
        var stream = server.GetStream();
        var lines = head.Split("\r\n").Where(line => !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(body);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return answer.ToArray();
    }

    private static async Task<(ProxiedRequest Request, string Head, byte[] Body)?> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[1 << 17];
        var length = 0;
        int headEnd;
        while ((headEnd = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                return null;
            }

            length += read;
        }

        var head = Encoding.Latin1.GetString(buffer, 0, headEnd);
        var lengthLine = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var bodyLength = lengthLine is null ? 0 : int.Parse(lengthLine.AsSpan(15), provider: System.Globalization.CultureInfo.InvariantCulture);
        var bodyStart = headEnd + 4;
        await stream.ReadExactlyAsync(buffer.AsMemory(length, Math.Max(0, bodyStart + bodyLength - length)));
        var body = buffer.AsSpan(bodyStart, bodyLength).ToArray();
        var first = head.Split("\r\n")[0].Split(' ');
        return (new ProxiedRequest(first[0], first[1], Encoding.UTF8.GetString(body)), head, body);
    }

    private static ValueTask WriteAsync(NetworkStream browser, string status, string type, byte[] body)
    {
        var head = $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n";
        return browser.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
    }

    private static string TypeOf(string path) => path.Split('?')[0].EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";
}
