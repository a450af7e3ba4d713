using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ArtFresh.Bench;

/// <summary>A connection of HTTP/1.1 that asks one request after the other, and reads the answers whole.</summary>
internal sealed class OpenLoadConnection(Uri address) : IDisposable
{
    private const int TimeoutMs = 20_000;

    private readonly byte[] _answer = new byte[256 * 1024];
    private Socket? _socket;

    /// <returns>The status; 0 where there was no answer.</returns>
    public int Ask(ReadOnlySpan<byte> request, ref long bytes)
    {
        try
        {
            _socket ??= Connect();
            for (var sent = 0; sent < request.Length;)
            {
                sent += _socket.Send(request[sent..]);
            }

            var (status, length) = Read(_socket);
            Interlocked.Add(ref bytes, length);
            return status;
        }
        catch (SocketException)
        {
            Dispose();
            return 0;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = TimeoutMs, SendTimeout = TimeoutMs };
        socket.Connect(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
        return socket;
    }

    private (int Status, int Length) Read(Socket socket)
    {
        for (var length = 0; ;)
        {
            var received = socket.Receive(_answer.AsSpan(length));
            if (received == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            length += received;
            var answer = _answer.AsSpan(0, length);
            var head = answer.IndexOf("\r\n\r\n"u8);
            if (head >= 0 && IsWhole(answer[..head], answer[(head + 4)..]))
            {
                // HTTP/1.1 200
                return (Number(answer[9..12]), length);
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var name = "\r\ncontent-length: "u8;
        for (var i = 0; i + name.Length <= head.Length; i++)
        {
            if (head[i] == '\r' && Ascii.EqualsIgnoreCase(head.Slice(i, name.Length), name))
            {
                return body.Length >= Number(head[(i + name.Length)..]);
            }
        }

        // In chunks, or without a body.
        return body.EndsWith("0\r\n\r\n"u8) || head.IndexOf("204"u8) == 9;
    }

    private static int Number(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits, out int number, out _) ? number : throw new FormatException("An answer has no status or no length.");
}
