using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ArtFresh.Freshness;
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
    private readonly ServerProcess _server;
    private readonly bool _ownsServer;
    private readonly LossFigures _figures;
    private readonly CancellationTokenSource _counted = new();
    private readonly Task<IReadOnlyList<string>> _watching;

    private ShownArt(ServerProcess server, bool ownsServer, LossFigures figures, FaultProxy proxy, Chromium browser)
        : base(proxy, browser, new Arrivals(ImpressionsIn))
    {
        (_server, _ownsServer, _figures) = (server, ownsServer, figures);
        _watching = WatchAsync(_counted.Token);
    }

    public override int ShownCount => _shown.Count;

    public override int MadeCount => _shown.Keys.Count(shown => IsGenome(shown.Artwork));

    protected override string Query => $"&release={_figures.Release}";

    /// <summary>With a server and a browser of its own.</summary>
    public static async Task<ShownArt> StartAsync(ClientLibrary library, int everyMs = 200)
    {
        var server = new ServerProcess();
        await server.StartAsync();
        return new ShownArt(server, true, await LossFigures.StartAsync(server), await FaultProxy.StartAsync(server.Address, page: library.Find), await Chromium.StartAloneAsync()) { EveryMs = everyMs };
    }

    /// <summary>On a server that others use too.</summary>
    public static async Task<ShownArt> StartAsync(ClientLibrary library, ServerProcess shared, int everyMs) =>
        new(shared, false, await LossFigures.StartAsync(shared), await FaultProxy.StartAsync(shared.Address, page: library.Find), await Chromium.StartAsync()) { EveryMs = everyMs };

    public override Task KillServerAsync() => _server.KillAsync();

    public override Task RestoreServerAsync() => _server.StartAsync();

    public override async Task<DeliveryResult> CountAsync(IPage last)
    {
        await last.EvaluateAsync("() => { window.delivery.isShowing = false; }");
        await WaitForAsync(
            async () =>
            {
                await last.EvaluateAsync("() => void window.delivery.client.flush()");
                return Lost(Impressions()) == 0 && await last.EvaluateAsync<int>("() => window.delivery.undelivered()") == 0;
            },
            DrainMax);
        var ledger = Impressions();
        var lost = Lost(ledger);
        // Until the tally has added up what arrived last.
        long? said = null;
        await WaitForAsync(async () => (said = (await _figures.ReadAsync())?.Lost) == lost, TallyMax);
        await _counted.CancelAsync();
        return new DeliveryResult(
            ShownCount, lost, ledger.Count(entry => entry.Outcome == ImpressionOutcome.Repeat),
            Arrivals.Calls, Arrivals.FreshCalls, Arrivals.Sent, Arrivals.Useless)
        { Made = MadeCount, SaidLost = said ?? -1, Unbounded = await _watching };
    }

    public override async ValueTask DisposeAsync()
    {
        await _counted.CancelAsync();
        await _watching;
        _counted.Dispose();
        _figures.Dispose();
        await Browser.DisposeAsync();
        await Proxy.DisposeAsync();
        if (_ownsServer)
        {
            await _server.DisposeAsync();
        }
    }

    protected override void NoteShown(string what)
    {
        if (what.Split(' ') is [var session, var artwork])
        {
            _shown[(Guid.Parse(session), artwork)] = true;
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
        var sessions = _shown.Keys.Select(shown => shown.Session).ToHashSet();
        return [.. _server.Ledger.Impressions().Where(entry => sessions.Contains(entry.Session))];
    }

    private static bool IsGenome(string artwork) => artwork.Contains('-', StringComparison.Ordinal);

    /// <summary>What the page made itself is known by its genome until the ledger has given it an id.</summary>
    private int Lost(IReadOnlyList<LedgerImpression> ledger)
    {
        var idOf = _shown.Keys.Any(shown => IsGenome(shown.Artwork)) ? _server.Ledger.GenomeIds() : new Dictionary<string, long>();
        var arrived = ledger.Select(entry => (entry.Session, entry.ArtworkId)).ToHashSet();
        return _shown.Keys.Count(shown => !arrived.Contains((
            shown.Session, IsGenome(shown.Artwork) ? idOf.GetValueOrDefault(shown.Artwork, -1) : long.Parse(shown.Artwork, CultureInfo.InvariantCulture))));
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
