using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api.Tests;

/// <summary>Clients that break off, send nonsense or send nothing more: their own doing, and no failure of the server's.</summary>
public sealed class BrokenBodiesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const int HangUps = 20;

    public static TheoryData<string> Bodies { get; } =
    [
        "/api/sessions", "/api/sessions/0190a6f0-0000-7000-8000-000000000000/end", "/api/artworks/batch-impressions", "/api/artworks/5/impression",
    ];

    [Theory, MemberData(nameof(Bodies))]
    public async Task ConnectionResetDuringTheBodyIsNotAServerFailure(string path)
    {
        await using var front = await FrontEnd.StartAsync();
        using var requests = new Requests(front);
        var cookie = await CookieAsync(front);
        await requests.SkipAsync(1);
        for (var i = 0; i < HangUps; i++)
        {
            var isChunked = i % 2 == 0;
            using var socket = await ConnectAsync(front);
            await SendAsync(socket, HeadOf(path, cookie, isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 500") + (isChunked ? "40\r\n{\"ses" : "{\"ses"));
            await requests.StartedAsync();
            socket.Close(0);
            Assert.True(await requests.EndedAsync() is 400 or 499);
        }
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    [Theory, MemberData(nameof(Bodies))]
    public async Task BodyShorterThanItsLengthIsNotAServerFailure(string path)
    {
        await using var front = await FrontEnd.StartAsync();
        using var requests = new Requests(front);
        var cookie = await CookieAsync(front);
        await requests.SkipAsync(1);
        foreach (var framing in new[] { "Transfer-Encoding: chunked", "Content-Length: 500" })
        {
            using var socket = await ConnectAsync(front);
            await SendAsync(socket, HeadOf(path, cookie, framing) + "5\r\n{\"se");
            await requests.StartedAsync();
            socket.Shutdown(SocketShutdown.Send);
            Assert.True(await requests.EndedAsync() is 400 or 499);
        }
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    /// <summary>A stranger must not fill the log: on a connection that was to be kept, each hang-up could be a warning with its stack.</summary>
    [Fact]
    public async Task HangUpsOnKeptConnectionsAreNoLineOfTheLog()
    {
        await using var front = await FrontEnd.StartAsync();
        using var requests = new Requests(front);
        var cookie = await CookieAsync(front);
        await requests.SkipAsync(1);
        var head = HeadOf("/api/artworks/batch-impressions", cookie, "Content-Length: 65000").Replace("Connection: close\r\n", "", StringComparison.Ordinal);
        for (var i = 0; i < HangUps; i++)
        {
            using var socket = await ConnectAsync(front);
            await SendAsync(socket, head + "{" + new string(' ', 60_000));
            await requests.StartedAsync();
            socket.Shutdown(SocketShutdown.Send);
            Assert.True(await requests.EndedAsync() is 400 or 499);
        }
        await front.StopAsync();
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    [Theory, MemberData(nameof(Bodies))]
    public async Task InvalidChunksAreRefused(string path)
    {
        await using var front = await FrontEnd.StartAsync();
        using var requests = new Requests(front);
        var cookie = await CookieAsync(front);
        await requests.SkipAsync(1);
        foreach (var chunks in new[] { "zz\r\n{}\r\n", "2\r\n{}xx\r\n", "-2\r\n{}\r\n", "fffffffffffffffff\r\n{}", "2\n{}\n0\n\n" })
        {
            var answer = await AskAsync(front, HeadOf(path, cookie, "Transfer-Encoding: chunked") + chunks);
            Assert.StartsWith("HTTP/1.1 400 ", answer);
            Assert.Contains("\"code\":\"body_broken\"", answer);
            await requests.StartedAsync();
            Assert.Equal(400, await requests.EndedAsync());
        }
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    [Fact]
    public async Task BrokenBodyIsRefusedBeforeTheMissingSignIn()
    {
        await using var front = await FrontEnd.StartAsync();
        var answer = await AskAsync(front, HeadOf("/api/artworks/batch-impressions", "artfresh=forged", "Transfer-Encoding: chunked") + "zz\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer);
    }

    [Fact]
    public async Task BodyThatComesTooSlowlyIsRefused()
    {
        await using var front = await FrontEnd.StartAsync(more: services => services.Configure<KestrelServerOptions>(
            kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1e6, gracePeriod: TimeSpan.FromSeconds(1.1))));
        var answer = await AskAsync(front, HeadOf("/api/sessions", await CookieAsync(front), "Content-Length: 500") + "{");
        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("\"code\":\"body_broken\"", answer);
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    [Theory]
    [InlineData("Content-Length: x")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3")]
    [InlineData("Transfer-Encoding: nonsense")]
    [InlineData("No colon")]
    [InlineData(" : nothing")]
    public async Task InvalidHeadersAreRefused(string header)
    {
        await using var front = await FrontEnd.StartAsync();
        Assert.Matches("^HTTP/1.1 (400|501) ", await AskAsync(front, HeadOf("/api/sessions", await CookieAsync(front), header) + "{}"));
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    [Theory]
    [InlineData("{\"sessionId\":\"0190a6f0-0000-70")]
    [InlineData("\u0000")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("{\"sessionId\":\"\\ud800\"}")]
    [InlineData("{\"token\":\"\\ud800\"}")]
    public async Task TruncatedJsonIsRefused(string body)
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        foreach (var path in new[] { "/api/artworks/batch-impressions", "/api/artworks/5/impression" })
        {
            using var answer = await guest.PostTextAsync(path, body);
            Assert.Equal(400, (int)answer.StatusCode);
        }
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    [Fact]
    public async Task ClientThatLeavesWhileItsBatchIsRecordedIsNotAServerFailure()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { HotRequestsRunningMax = 1 });
        using var requests = new Requests(front);
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        await requests.SkipAsync(2);
        var disk = new TaskCompletionSource();
        front.Cluster.Gate = disk.Task;
        var body = Clients.Batch(session);
        var request = HeadOf("/api/artworks/batch-impressions", guest.DefaultRequestHeaders.GetValues("Cookie").Single(), $"Content-Length: {body.Length}") + body;
        // The first is with the cluster; the second waits for its place.
        using var asking = await ConnectAsync(front);
        using var waiting = await ConnectAsync(front);
        while (await front.Cluster.Entered.WaitAsync(0, FrontEnd.Cancelled))
        {
        }
        await SendAsync(asking, request);
        await requests.StartedAsync();
        Assert.True(await front.Cluster.Entered.WaitAsync(Patience, FrontEnd.Cancelled));
        await SendAsync(waiting, request);
        await requests.StartedAsync();
        waiting.Close(0);
        Assert.Equal(499, await requests.EndedAsync());
        asking.Close(0);
        disk.SetResult();
        Assert.True(await requests.EndedAsync() is 200 or 499);
        Assert.Equal("", string.Join("\n", front.Log.From(LogLevel.Warning).Take(1)));
    }

    private static async Task<string> CookieAsync(FrontEnd front)
    {
        using var guest = await front.SignInAsync();
        return guest.DefaultRequestHeaders.GetValues("Cookie").Single();
    }

    private static string HeadOf(string path, string cookie, string framing) =>
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Type: application/json\r\nConnection: close\r\n{framing}\r\n\r\n";

    private static async Task<Socket> ConnectAsync(FrontEnd front)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(front.Address.Host, front.Address.Port, FrontEnd.Cancelled);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text), FrontEnd.Cancelled);

    private static async Task<string> AskAsync(FrontEnd front, string request)
    {
        using var socket = await ConnectAsync(front);
        await SendAsync(socket, request);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync(FrontEnd.Cancelled);
    }

    /// <summary>Requests as a front end's own metrics tell of them.</summary>
    private sealed class Requests : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Channel<bool> _started = Channel.CreateUnbounded<bool>();
        private readonly Channel<int> _ended = Channel.CreateUnbounded<int>();

        public Requests(FrontEnd front)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name is "http.server.active_requests" or "http.server.request.duration" && instrument.Meter.Scope == front.Meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, change, _, _) =>
            {
                if (change > 0)
                {
                    _started.Writer.TryWrite(true);
                }
            });
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
                _ended.Writer.TryWrite((int)tags.ToArray().Single(tag => tag.Key == "http.response.status_code").Value!));
            _listener.Start();
        }

        /// <summary>The next one is being answered.</summary>
        public async Task StartedAsync() => await _started.Reader.ReadAsync(FrontEnd.Cancelled).AsTask().WaitAsync(Patience);

        /// <summary>The status that the next one to end was counted with.</summary>
        public async Task<int> EndedAsync() => await _ended.Reader.ReadAsync(FrontEnd.Cancelled).AsTask().WaitAsync(Patience);

        public async Task SkipAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await StartedAsync();
                await EndedAsync();
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
