using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using ArtFresh.TestWorld;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// A session's whole life (sign-in, session, 40 artworks shown, end) in requests and in bytes on the wire: as the browser library asks for it, and on the same server
/// as one would without the library, a request an artwork and one an impression.
/// </summary>
internal static class LifeBench
{
    private const int Shown = 40;
    private const int PicturesDrawn = 24;

    // artfresh-js: so many are ordered when fewer than so many are left.
    private const int Order = 12;
    private const int Low = 6;

    public static async Task RunAsync()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        var table = new Table().AddColumns("a session of 40 artworks", "requests", "bytes sent", "bytes received");
        foreach (var (name, live) in new (string, Func<CountedWire, string, Task>)[] { ("as artfresh-js asks", LiveInBatchesAsync), ("a request an artwork and one an impression", LiveOneByOneAsync) })
        {
            using var wire = new CountedWire(server.Address);
            await wire.PostAsync("api/sign-in/guest", new { });
            var session = await wire.PostAsync("api/sessions", new { release = "bench" });
            await live(wire, session.GetProperty("sessionId").GetString()!);
            table.AddRow(name, Number(wire.Requests), Number(wire.Sent), Number(wire.Received));
        }

        AnsiConsole.Write(table);
        using var pictures = new HttpClient { BaseAddress = server.Address };
        var sizes = await Task.WhenAll(Enumerable.Range(1, PicturesDrawn).Select(async id => (await pictures.GetByteArrayAsync(new Uri($"art/{id}.png?width=512", UriKind.Relative))).LongLength));
        AnsiConsole.MarkupLineInterpolated($"a picture of 512 pixels: {Number((long)sizes.Average())} bytes");
    }

    private static async Task LiveInBatchesAsync(CountedWire wire, string sessionId)
    {
        var stock = new Queue<long>();
        var shown = new List<long>();
        while (shown.Count < Shown)
        {
            if (stock.Count < Low)
            {
                Array.ForEach(await wire.TakeFreshAsync(sessionId, Order), stock.Enqueue);
            }

            shown.Add(stock.Dequeue());
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var report = new { displayed = Shown, skipped = 0, transport = "keepalive", reason = "hidden", attempts = 1, beacons = 1, displayMs = Enumerable.Repeat(12, Shown), dropped = 0, journal = "indexeddb" };
        var recorded = await wire.PostAsync("api/artworks/batch-impressions", new
        {
            sessionId,
            batchId = Guid.CreateVersion7(),
            firstNumber = 1,
            artworkIds = shown,
            displayedAtMs = Enumerable.Range(0, Shown).Select(i => now + i),
            report,
        });
        Expect(recorded, Shown);
        await wire.PostAsync($"api/sessions/{sessionId}/end", new { unshown = stock });
    }

    private static async Task LiveOneByOneAsync(CountedWire wire, string sessionId)
    {
        for (var number = 1; number <= Shown; number++)
        {
            var artwork = (await wire.TakeFreshAsync(sessionId, 1)).Single();
            Expect(await wire.PostAsync($"api/artworks/{artwork}/impression", new { sessionId, number, batchId = Guid.CreateVersion7() }), 1);
        }

        await wire.PostAsync($"api/sessions/{sessionId}/end", new { });
    }

    private static void Expect(JsonElement answer, int recorded)
    {
        if (answer.GetProperty("recorded").GetInt32() != recorded)
        {
            throw new InvalidOperationException($"Of {recorded} impressions {answer} was recorded.");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>One connection of one listener, whose bytes are counted below HTTP.</summary>
    private sealed class CountedWire : IDisposable
    {
        private readonly HttpClient _http;
        private long _sent;
        private long _received;

        public CountedWire(Uri address) => _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new CountedStream(socket, this);
            },
        })
        {
            BaseAddress = address,
        };

        public long Requests { get; private set; }

        public long Sent => _sent;

        public long Received => _received;

        public async Task<JsonElement> PostAsync(string path, object body)
        {
            Requests++;
            // As browsers send it: in one piece, its length known.
            using var content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
            var text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
            return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        }

        public async Task<long[]> TakeFreshAsync(string sessionId, int count)
        {
            Requests++;
            var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri(
                string.Create(CultureInfo.InvariantCulture, $"api/artworks/fresh?count={count}&valence=0.4&energy=0.6&sessionId={sessionId}&requestId={Guid.CreateVersion7()}"), UriKind.Relative));
            return [.. answer.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
        }

        public void Dispose() => _http.Dispose();

        private sealed class CountedStream(Socket socket, CountedWire wire) : NetworkStream(socket, ownsSocket: true)
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var read = await base.ReadAsync(buffer, cancellationToken);
                Interlocked.Add(ref wire._received, read);
                return read;
            }

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                Interlocked.Add(ref wire._sent, buffer.Length);
                return base.WriteAsync(buffer, cancellationToken);
            }
        }
    }
}
