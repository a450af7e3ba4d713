using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ArtFresh.Art;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>One guest's requests: made again and again, over some connections at once.</summary>
/// <param name="Connections">At one time.</param>
/// <param name="Send">Sends the next request of one connection.</param>
internal sealed record Attack(int Connections, Func<Attacker, Task<HttpResponseMessage>> Send);

/// <summary>Floods, each of one endpoint.</summary>
internal static class Attacks
{
    public const string OperatorsKey = "the-operators-key-of-the-bench";

    private const int BatchArtworks = 200;
    private const int Few = 8;

    public static IReadOnlyDictionary<string, Attack> All { get; } = new Dictionary<string, Attack>
    {
        ["new guests"] = new(Few, attacker => attacker.Stranger.PostAsync("api/sign-in/guest", null)),
        ["sessions"] = new(Few, attacker => attacker.Http.PostAsJsonAsync("api/sessions", new { release = "bench" })),
        ["fresh, 50 at once"] = new(Few, attacker => attacker.Http.GetAsync($"api/artworks/fresh?sessionId={attacker.SessionId}&count=50")),
        ["fresh, many guests"] = new(Few, FreshAsAnotherAsync),
        ["made artworks"] = new(Few, attacker => attacker.ReportAsync(attacker.NextMade())),
        ["unserved artworks"] = new(Few, attacker => attacker.ReportAsync(attacker.NextUnserved())),
        ["pictures, 100 connections"] = new(100, attacker => attacker.Stranger.GetAsync($"art/{1 + (attacker.Next() % 4000)}.png?width=2048")),
        ["kept and no longer"] = new(Few, attacker => attacker.KeepAsync()),
        ["erased guests"] = new(Few, EraseAnotherAsync),
        ["exports"] = new(Few, attacker => attacker.Http.GetAsync("api/listeners/me/export")),
        ["sessions that are not there"] = new(Few, attacker => attacker.Http.GetAsync($"api/artworks/fresh?sessionId={Guid.CreateVersion7()}")),
        ["list of songs"] = new(Few, attacker => attacker.Stranger.GetAsync("api/music")),
        ["half a header"] = new(Few, attacker => attacker.HoldAsync($"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Repeat($"X: {new string('x', 2000)}\r\n", 15))}")),
        ["half a body"] = new(Few, attacker => attacker.HoldAsync($"POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 64000\r\n\r\n{new string(' ', 60_000)}")),
        ["operators' keys"] = new(Few, attacker => attacker.GuessAsync()),
        ["cookies"] = new(Few, attacker => attacker.VaryCookieAsync()),
    };

    /// <summary>Attacks for so long; prints how many requests were taken and how many refused.</summary>
    public static async Task RunAsync(string name, Uri server, int seconds)
    {
        var attack = All[name];
        // A network of its own, so that no attack finds its quotas spent.
        using var attacker = await Attacker.SignInAsync(server, string.Create(CultureInfo.InvariantCulture, $"127.0.{10 + All.Keys.ToList().IndexOf(name)}.1"));
        Console.WriteLine("begins");
        var (started, taken, refused) = (Stopwatch.GetTimestamp(), 0, 0);
        async Task FloodAsync()
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                using var answer = await attack.Send(attacker);
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref taken : ref refused);
            }
        }

        var flood = Task.WhenAll(Enumerable.Range(0, attack.Connections).Select(_ => Task.Run(FloodAsync)));
        // Pictures that still wait are not waited for.
        await Task.WhenAny(flood, Task.Delay(TimeSpan.FromSeconds(seconds + 5), TimeProvider.System));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taken} {refused}"));
    }

    private static async Task<HttpResponseMessage> FreshAsAnotherAsync(Attacker attacker)
    {
        using var guest = LoopbackClient.From(attacker.Address, attacker.Http.BaseAddress!);
        var signedIn = await guest.PostAsync("api/sign-in/guest", null);
        if (!signedIn.IsSuccessStatusCode)
        {
            return signedIn;
        }

        var opened = await guest.PostAsJsonAsync("api/sessions", new { release = "bench" });
        if (!opened.IsSuccessStatusCode)
        {
            return opened;
        }

        var sessionId = (await opened.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionId").GetString();
        return await guest.GetAsync($"api/artworks/fresh?sessionId={sessionId}&count=50");
    }

    private static Task<HttpResponseMessage> KeepAsync(this Attacker attacker) =>
        attacker.Next() % 2 == 0 ? attacker.Http.DeleteAsync($"api/artworks/{attacker.Served}/keep") : attacker.Http.PutAsync($"api/artworks/{attacker.Served}/keep", null);

    private static async Task<HttpResponseMessage> EraseAnotherAsync(Attacker attacker)
    {
        using var guest = LoopbackClient.From(attacker.Address, attacker.Http.BaseAddress!);
        var signedIn = await guest.PostAsync("api/sign-in/guest", null);
        return signedIn.IsSuccessStatusCode ? await guest.DeleteAsync("api/listeners/me") : signedIn;
    }

    /// <summary>The batch of an attacker's session.</summary>
    private static Task<HttpResponseMessage> ReportAsync(this Attacker attacker, (long[] Ids, string?[]? Genomes) art) => attacker.Http.PostAsJsonAsync("api/artworks/batch-impressions", new
    {
        sessionId = attacker.SessionId,
        batchId = Guid.CreateVersion7(),
        firstNumber = 1 + (attacker.Next() * BatchArtworks),
        artworkIds = art.Ids,
        genomes = art.Genomes,
    });

    private static (long[], string?[]?) NextMade(this Attacker attacker)
    {
        var first = attacker.Next() * BatchArtworks % 16_000;
        return ([.. Enumerable.Range(1, BatchArtworks).Select(i => (long)-i)],
            [.. Enumerable.Range(0, BatchArtworks).Select(i => GrantedGenomes.Of(attacker.FirstSeed + (ulong)(first + i)).ToString())]);
    }

    private static (long[], string?[]?) NextUnserved(this Attacker attacker)
    {
        var first = 1 + (attacker.Next() * BatchArtworks % 4000);
        return ([.. Enumerable.Range(0, BatchArtworks).Select(i => first + i)], null);
    }

    private static Task<HttpResponseMessage> GuessAsync(this Attacker attacker) => attacker.SendAsync("api/ops/cluster", "Authorization", $"Bearer guess-number-{attacker.Next():d16}");

    private static Task<HttpResponseMessage> VaryCookieAsync(this Attacker attacker) =>
        attacker.SendAsync("api/artworks/1", "Cookie", $"{attacker.Cookie}; other{attacker.Next()}={new string('x', 2000)}");
}

/// <summary>One guest with a session, who also asks as a stranger without a cookie.</summary>
internal sealed class Attacker : IDisposable
{
    private const int HeldMax = 3000;

    private readonly ConcurrentQueue<Socket> _held = new();
    private long _number;

    private Attacker(Uri server, string address) =>
        (Address, Http, Stranger) = (address, LoopbackClient.From(address, server), LoopbackClient.From(address, server, cookies: false));

    public string Address { get; }

    public HttpClient Http { get; }

    public HttpClient Stranger { get; }

    public string SessionId { get; private set; } = "";

    public ulong FirstSeed { get; private set; }

    /// <summary>An artwork that it was served.</summary>
    public long Served { get; private set; }

    public string Cookie { get; private set; } = "";

    public static async Task<Attacker> SignInAsync(Uri server, string address)
    {
        var attacker = new Attacker(server, address);
        var signedIn = await attacker.Http.PostAsync("api/sign-in/guest", null);
        attacker.Cookie = signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        var opened = await attacker.Http.PostAsJsonAsync("api/sessions", new { release = "bench" });
        var session = await opened.Content.ReadFromJsonAsync<JsonElement>();
        attacker.SessionId = session.GetProperty("sessionId").GetString()!;
        attacker.FirstSeed = ulong.Parse(session.GetProperty("genomeSeeds").GetProperty("from").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var fresh = await attacker.Http.GetFromJsonAsync<JsonElement>($"api/artworks/fresh?sessionId={attacker.SessionId}&count=1");
        attacker.Served = fresh.GetProperty("artworks")[0].GetProperty("id").GetInt64();
        return attacker;
    }

    public long Next() => Interlocked.Increment(ref _number);

    public Task<HttpResponseMessage> SendAsync(string path, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        return Stranger.SendAsync(request);
    }

    /// <summary>Opens a connection, sends a part of a request and holds it, beside a few thousand others.</summary>
    /// <returns>429 if the server has closed it or answered.</returns>
    public async Task<HttpResponseMessage> HoldAsync(string part)
    {
        var held = new Socket(SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Parse(Address), 0));
        await held.ConnectAsync(Http.BaseAddress!.Host, Http.BaseAddress.Port);
        try
        {
            await held.SendAsync(Encoding.ASCII.GetBytes(part));
        }
        catch (SocketException)
        {
            // Closed at once.
        }

        var isRefused = held.Poll(TimeSpan.FromMilliseconds(5), SelectMode.SelectRead);
        _held.Enqueue(held);
        if (_held.Count > HeldMax && _held.TryDequeue(out var oldest))
        {
            oldest.Dispose();
        }

        return new HttpResponseMessage(isRefused ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
    }

    public void Dispose()
    {
        foreach (var held in _held)
        {
            held.Dispose();
        }

        Http.Dispose();
        Stranger.Dispose();
    }
}
