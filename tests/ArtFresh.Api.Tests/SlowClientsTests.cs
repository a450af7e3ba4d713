using System.Net;
using System.Net.Sockets;
using System.Text;
using ArtFresh.Contracts;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api.Tests;

/// <summary>What clients hold in the server's memory by doing nothing.</summary>
public sealed class SlowClientsTests
{
    private const int BodiesOfNetwork = 8 * 1024 * 1024 / Limits.BodyBytesMax;

    /// <summary>No sign-in is needed: a body may carry a token, and so is read first. 2,000 such connections had taken 110 MB.</summary>
    [Fact]
    public async Task NetworkThatDoesNotFinishItsBodiesGetsNoMore()
    {
        await using var front = await FrontEnd.StartAsync();
        var unfinished = new List<TcpClient>();
        for (var i = 0; i <= BodiesOfNetwork; i++)
        {
            unfinished.Add(await SendAsync(front, Half(Limits.BodyBytesMax)));
        }
        var refused = await await Task.WhenAny(unfinished.Select(ReadAsync)).WaitAsync(TimeSpan.FromMinutes(1), FrontEnd.Cancelled);
        Assert.StartsWith("HTTP/1.1 429", refused, StringComparison.Ordinal);
        Assert.Contains("bodies-unfinished", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 429", await AnswerAsync(front, Half(200)), StringComparison.Ordinal);
        // What comes in one piece is not held, and another network's bodies are not refused.
        using var client = await front.SignInAsync();
        Assert.Equal(HttpStatusCode.Created, (await client.PostTextAsync("/api/sessions", "{}")).StatusCode);
        var other = await SendAsync(front, Half(200, $"{FrontEnd.RemoteAddressHeader}: 192.0.2.1\r\n"));
        await other.GetStream().WriteAsync(Encoding.ASCII.GetBytes(new string(' ', 100)), FrontEnd.Cancelled);
        Assert.StartsWith("HTTP/1.1 401", await ReadAsync(other), StringComparison.Ordinal);

        unfinished.ForEach(one => one.Dispose());
        await Eventually.TrueAsync(async () => (await AnswerAsync(front, Half(200), new string(' ', 100))).StartsWith("HTTP/1.1 401", StringComparison.Ordinal));
    }

    /// <summary>Headers are held before any quota is asked.</summary>
    [Fact]
    public async Task NetworkHasSoManyConnectionsAndNoMore()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { ConnectionsPerNetwork = 3 } });
        var open = new List<TcpClient>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await SendAsync(front, Health));
            Assert.StartsWith("HTTP/1.1 200", await ReadAsync(open[i]), StringComparison.Ordinal);
        }
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("", await AnswerAsync(front, Health));
        }
        Assert.Single(front.Log.From(LogLevel.Warning), line => line.Contains("ArtFresh:Limits:ConnectionsPerNetwork", StringComparison.Ordinal));
        open[0].Dispose();
        await Eventually.TrueAsync(async () => (await AnswerAsync(front, Health)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TrustedProxyHasAsManyConnectionsAsItLikes()
    {
        await using var front = await FrontEnd.StartAsync(options => options with
        {
            Limits = new() { ConnectionsPerNetwork = 1 },
            TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")],
        });
        for (var i = 0; i < 3; i++)
        {
            var open = await SendAsync(front, Health);
            Assert.StartsWith("HTTP/1.1 200", await ReadAsync(open), StringComparison.Ordinal);
        }
    }

    /// <summary>What is written at once is copied into the connection's buffer whole.</summary>
    [Fact]
    public async Task LargeAnswerIsWrittenInSlices()
    {
        var bytes = Enumerable.Range(0, 200_000).Select(i => (byte)i).ToArray();
        using var body = new Slices();
        var over = 0;
        await new SlicedAnswer(bytes, "image/png", () => over++).ExecuteAsync(new DefaultHttpContext { Response = { Body = body } });
        Assert.InRange(body.Longest, 1, Limits.BodyBytesMax);
        Assert.Equal(bytes, body.ToArray());
        Assert.Equal(1, over);
    }

    private static string Health => "GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// <summary>The header and the first half of a body.</summary>
    private static string Half(int length, string header = "") =>
        $"POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{header}Content-Length: {length}\r\n\r\n{{}}{new string(' ', (length / 2) - 2)}";

    private static async Task<TcpClient> SendAsync(FrontEnd front, string text)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, front.Address.Port, FrontEnd.Cancelled);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), FrontEnd.Cancelled);
        return client;
    }

    /// <summary>The beginning of the answer; nothing where the connection is closed without one, which the client may notice at any step.</summary>
    private static async Task<string> AnswerAsync(FrontEnd front, string text, string rest = "")
    {
        try
        {
            using var client = await SendAsync(front, text);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(rest), FrontEnd.Cancelled);
            return await ReadAsync(client);
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return "";
        }
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var read = new byte[4096];
        return Encoding.ASCII.GetString(read, 0, await client.GetStream().ReadAsync(read, FrontEnd.Cancelled));
    }

    private sealed class Slices : MemoryStream
    {
        public int Longest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Longest = Math.Max(Longest, buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
