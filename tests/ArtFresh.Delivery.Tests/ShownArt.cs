using System.Collections.Concurrent;
using System.Globalization;
using ArtFresh.Freshness;
using ArtFresh.Server.Process;
using Microsoft.Playwright;

namespace ArtFresh.Delivery.Tests;

/// <summary>What was on screen, against what the ledger holds.</summary>
public sealed record DeliveryResult(int Shown, int Lost, int Repeats, int Calls, int FreshCalls, int Sent, int Useless)
{
    public static DeliveryResult Sum(IEnumerable<DeliveryResult> results) => results.Aggregate((one, other) => new DeliveryResult(
        one.Shown + other.Shown, one.Lost + other.Lost, one.Repeats + other.Repeats, one.Calls + other.Calls,
        one.FreshCalls + other.FreshCalls, one.Sent + other.Sent, one.Useless + other.Useless));
}

/// <summary>A server, a proxy in front of it, and a browser that shows art every 200 ms.</summary>
public sealed class ShownArt : IAsyncDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(180);

    private readonly ConcurrentDictionary<(Guid Session, long ArtworkId), bool> _shown = [];

    private ShownArt(ServerProcess server, FaultProxy proxy, KillableChromium browser) => (Server, Proxy, Browser) = (server, proxy, browser);

    public ServerProcess Server { get; }

    public FaultProxy Proxy { get; }

    public KillableChromium Browser { get; }

    public Arrivals Arrivals { get; } = new();

    /// <summary>How often a page shows another artwork.</summary>
    public int EveryMs { get; init; } = 200;

    public int ShownCount => _shown.Count;

    public static async Task<ShownArt> StartAsync(ClientLibrary library, int everyMs = 200)
    {
        var server = new ServerProcess();
        await server.StartAsync();
        var art = new ShownArt(server, new FaultProxy(server.Address, library.Find), await KillableChromium.StartAsync()) { EveryMs = everyMs };
        art.Break(_ => Fault.None);
        art.Proxy.Answered = art.Arrivals.SeeAnswer;
        return art;
    }

    /// <summary>From now on requests to the API fare as told.</summary>
    public void Break(Func<ProxiedRequest, Fault> decide) => Proxy.Decide = request =>
    {
        Arrivals.See(request);
        return decide(request);
    };

    /// <summary>Opens a page that shows art.</summary>
    public async Task<IPage> OpenAsync(int? everyMs = null)
    {
        var page = await Browser.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Text.Split(' ') is ["shown", var session, var id])
            {
                _shown[(Guid.Parse(session), long.Parse(id, CultureInfo.InvariantCulture))] = true;
            }
        };
        await page.GotoAsync(new Uri(Proxy.Address, $"delivery-test/page?every={everyMs ?? EveryMs}").ToString());
        return page;
    }

    /// <summary>Waits until so many more artworks have been on screen, in all pages together.</summary>
    public async Task ShowAsync(int more)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        for (var until = ShownCount + more; ShownCount < until;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Has the page deliver what the journal holds, of whichever page, and counts what the ledger has of what was on screen.</summary>
    public async Task<DeliveryResult> CountAsync(IPage last)
    {
        await last.EvaluateAsync("() => { window.delivery.isShowing = false; }");
        await WaitForAsync(async () =>
        {
            await last.EvaluateAsync("() => void window.delivery.client.flush()");
            return Missing(Server.Ledger.Impressions()) == 0 && await last.EvaluateAsync<int>("() => window.delivery.undelivered()") == 0;
        });
        var ledger = Server.Ledger.Impressions();
        return new DeliveryResult(
            ShownCount, Missing(ledger), ledger.Count(entry => entry.Outcome == ImpressionOutcome.Repeat),
            Arrivals.Calls, Arrivals.FreshCalls, Arrivals.Sent, Arrivals.Useless);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }

    private int Missing(IReadOnlyList<LedgerImpression> ledger) =>
        _shown.Keys.Except(ledger.Select(entry => (entry.Session, entry.ArtworkId))).Count();

    /// <summary>What never comes is a loss, and not an error of the test.</summary>
    private static async Task WaitForAsync(Func<Task<bool>> isDone)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isDone() && TimeProvider.System.GetElapsedTime(start) < DrainMax)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
