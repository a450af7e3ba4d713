using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ArtFresh.Freshness;
using ArtFresh.SystemTests.SignIn;
using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The real server, and a page that shows its art through the library.</summary>
public sealed class ShownArt : Show
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan TallyMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SampleDelay = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(Guid Session, string Artwork), bool> _shown = [];
    private readonly ConcurrentDictionary<(Guid Session, string Artwork), bool> _taken = [];
    private readonly ServerProcess _server;
    private readonly Surroundings? _own;
    private readonly LossFigures _figures;
    private readonly CancellationTokenSource _counted = new();
    private readonly Task<IReadOnlyList<string>> _watching;

    private ShownArt(ServerProcess server, Surroundings? own, LossFigures figures, FaultProxy proxy, Chromium browser)
        : base(proxy, browser, new Arrivals(ImpressionsIn))
    {
        (_server, _own, _figures) = (server, own, figures);
        _watching = WatchAsync(_counted.Token);
    }

    public override int ShownCount => _shown.Count;

    public override int MadeCount => _shown.Keys.Count(shown => IsGenome(shown.Artwork));

    /// <summary>Its pages.</summary>
    public required ClientLibrary Library { get; init; }

    protected override string Query => $"&release={_figures.Release}";

    protected override Uri Elsewhere => new($"http://localhost:{_own!.Elsewhere.Address.Port}/");

    /// <summary>With a server and a browser of its own, an issuer of tokens, and another site with the same pages.</summary>
    public static async Task<ShownArt> StartAsync(ClientLibrary library, int everyMs = 200)
    {
        var own = await Surroundings.StartAsync(library);
        var server = new ServerProcess(
            "--ArtFresh:AllowedOrigins", $"http://localhost:{own.Elsewhere.Address.Port}",
            "--ArtFresh:Jwt:Authority", own.Issuer.Address.AbsoluteUri, "--ArtFresh:Jwt:Audience", OpenIdIssuer.Audience);
        await server.StartAsync();
        return new ShownArt(server, own, await LossFigures.StartAsync(server), await FaultProxy.StartAsync(server.Address, page: library.Find), await Chromium.StartAloneAsync()) { EveryMs = everyMs, Library = library };
    }

    /// <summary>On a server that others use too.</summary>
    public static async Task<ShownArt> StartAsync(ClientLibrary library, ServerProcess shared, int everyMs) =>
        new(shared, null, await LossFigures.StartAsync(shared), await FaultProxy.StartAsync(shared.Address, page: library.Find), await Chromium.StartAsync()) { EveryMs = everyMs, Library = library };

    /// <summary>What <c>getToken</c> gives once somebody has signed in.</summary>
    public string TokenOf(string subject) => _own!.Issuer.TokenOf(subject);

    /// <summary>The ledger goes back to what it was before.</summary>
    public async Task GoBackAsync(Func<Task> after)
    {
        var copy = Path.Combine(_server.DataDirectory, "copy.db");
        _server.Ledger.CopyTo(copy);
        await after();
        await _server.KillAsync();
        _server.PutBack(copy);
        await _server.StartAsync();
    }

    public override Task KillServerAsync() => _server.KillAsync();

    public override Task RestoreServerAsync() => _server.StartAsync();

    public override async Task<DeliveryResult> CountAsync(IPage last)
    {
        await last.EvaluateAsync("() => window.delivery.stop()");
        await WaitForAsync(
            async () =>
            {
                await last.EvaluateAsync("() => void window.delivery.client.flush()");
                return Lost(Impressions()) == 0 && await last.EvaluateAsync<int>("() => window.delivery.undelivered()") == 0;
            },
            DrainMax);
        // What it has not shown goes back.
        await last.EvaluateAsync("() => window.delivery.end()");
        var ledger = Impressions();
        var lost = Lost(ledger);
        // Until the tally has added up what arrived last.
        long? said = null;
        await WaitForAsync(async () => (said = (await _figures.ReadAsync())?.Lost) == lost, TallyMax);
        await _counted.CancelAsync();
        var arrived = Named(ledger);
        // What was recorded as its page died: whether it was on screen nobody can tell.
        var shown = _shown.Keys.Union(_taken.Keys.Where(arrived.Contains)).ToHashSet();
        return new DeliveryResult(
            shown.Count, lost, ledger.Count(entry => entry.Outcome == ImpressionOutcome.Repeat),
            Arrivals.Calls, Arrivals.FreshCalls, Arrivals.Sent, Arrivals.Useless)
        {
            Made = shown.Count(one => IsGenome(one.Artwork)),
            ForNobody = arrived.Count(one => !shown.Contains(one)),
            Spent = Arrivals.Served.Except(_server.Ledger.GivenBack()).Count() + MadeCount,
            SaidLost = said ?? -1,
            Unbounded = await _watching,
        };
    }

    public override async ValueTask DisposeAsync()
    {
        await _counted.CancelAsync();
        await _watching;
        _counted.Dispose();
        _figures.Dispose();
        await Browser.DisposeAsync();
        await Proxy.DisposeAsync();
        if (_own is not null)
        {
            await _server.DisposeAsync();
            await _own.DisposeAsync();
        }
    }

    protected override void NoteShown(string what) => Note(_shown, what);

    protected override void NoteTaken(string what) => Note(_taken, what);

    private static void Note(ConcurrentDictionary<(Guid Session, string Artwork), bool> all, string what)
    {
        if (what.Split(' ') is [var session, var artwork])
        {
            all[(Guid.Parse(session), artwork)] = true;
        }
    }

    /// <summary>Compares what the server gave to show, was on screen and has not arrived with the figures' upper bound, while the show goes on.</summary>
    private async Task<IReadOnlyList<string>> WatchAsync(CancellationToken stop)
    {
        var unbounded = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            // What comes on screen after the figures were read, or arrived before, is none of theirs.
            var shown = _shown.Keys.Where(shown => !IsGenome(shown.Artwork)).ToArray();
            if (shown.Length > 0 && await _figures.ReadAsync() is var (_, atMost))
            {
                var arrived = Impressions().Select(entry => (entry.Session, entry.ArtworkId)).ToHashSet();
                var lost = shown.Count(one => !arrived.Contains((one.Session, long.Parse(one.Artwork, CultureInfo.InvariantCulture))));
                if (lost > atMost)
                {
                    unbounded.Add($"{lost} of {shown.Length} had not arrived, and the figures said at most {atMost}");
                }
            }

            await Task.WhenAny(Task.Delay(SampleDelay, TimeProvider.System, stop));
        }

        return unbounded;
    }

    /// <summary>What the ledger holds of this show's sessions.</summary>
    private LedgerImpression[] Impressions()
    {
        var sessions = _server.Ledger.Sessions(_figures.Release);
        return [.. _server.Ledger.Impressions().Where(entry => sessions.Contains(entry.Session))];
    }

    private static bool IsGenome(string artwork) => artwork.Contains('-', StringComparison.Ordinal);

    private int Lost(IReadOnlyList<LedgerImpression> ledger)
    {
        var arrived = Named(ledger);
        return _shown.Keys.Count(shown => !arrived.Contains(shown));
    }

    /// <summary>Impressions by the names that pages have for art: what a page made itself is known by its genome.</summary>
    private HashSet<(Guid Session, string Artwork)> Named(IReadOnlyList<LedgerImpression> ledger)
    {
        var genomeOf = _taken.Keys.Any(taken => IsGenome(taken.Artwork)) ? _server.Ledger.GenomeIds().ToDictionary(made => made.Value, made => made.Key) : [];
        return [.. ledger.Select(entry => (entry.Session, genomeOf.GetValueOrDefault(entry.ArtworkId) ?? entry.ArtworkId.ToString(CultureInfo.InvariantCulture)))];
    }

    private static IEnumerable<string> ImpressionsIn(ProxiedRequest request)
    {
        if (request.Method != "POST" || !request.Path.StartsWith("/api/artworks/", StringComparison.Ordinal))
        {
            yield break;
        }

        using var body = JsonDocument.Parse(request.Body);
        var session = body.RootElement.GetProperty("sessionId").GetString()!;
        var first = body.RootElement.GetProperty(request.Path.EndsWith("/impression", StringComparison.Ordinal) ? "number" : "firstNumber").GetInt64();
        for (var i = 0; i < body.RootElement.GetProperty("artworkIds").GetArrayLength(); i++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{session} {first + i}");
        }
    }
}
