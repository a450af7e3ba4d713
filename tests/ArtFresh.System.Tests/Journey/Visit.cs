using System.Collections.Concurrent;
using System.Text.Json;
using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Journey;

/// <summary>A running server, and a browser of one person in front of it.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly bool _isServerShared;
    private Chromium? _chromium;

    private Visit(ServerProcess server, bool isServerShared) => (Server, _isServerShared) = (server, isServerShared);

    public ServerProcess Server { get; }

    public ServerLedger Ledger => Server.Ledger;

    public IBrowserContext Browser => _chromium!.Context;

    /// <summary>What the pages wrote to their consoles.</summary>
    public ConcurrentQueue<string> Console { get; } = new();

    /// <summary>Requests that carried batches.</summary>
    public ConcurrentQueue<string> BatchRequests { get; } = new();

    public static async Task<Visit> StartAsync(Func<ServerProcess, Task>? prepare = null)
    {
        var visit = new Visit(new ServerProcess(), isServerShared: false);
        if (prepare is not null)
        {
            await prepare(visit.Server);
        }

        await visit.Server.StartAsync();
        await visit.OpenBrowserAsync();
        return visit;
    }

    /// <summary>To a server that is running, and that others visit too.</summary>
    public static async Task<Visit> ToAsync(ServerProcess server)
    {
        var visit = new Visit(server, isServerShared: true);
        await visit.OpenBrowserAsync();
        return visit;
    }

    private async Task OpenBrowserAsync()
    {
        _chromium = await Chromium.StartAsync();
        Browser.Console += (_, message) => Console.Enqueue(message.Text);
        Browser.WebError += (_, error) => Console.Enqueue($"uncaught: {error.Error}");
        Browser.Request += (_, request) =>
        {
            if (request.Url.EndsWith("/api/artworks/batch-impressions", StringComparison.Ordinal))
            {
                BatchRequests.Enqueue(request.PostData ?? "");
            }
        };
    }

    /// <summary>Opens the page and waits for its first artwork.</summary>
    public async Task<IPage> OpenAsync(string query = "")
    {
        var page = await Browser.NewPageAsync();
        // The server draws a picture for each width of screen, and the browser without a graphics card shows it: a quarter of the pixels is a quarter of the work.
        await page.SetViewportSizeAsync(640, 360);
        await page.GotoAsync(new Uri(Server.Address, query).ToString());
        await ShownAsync(page, 1);
        return page;
    }

    /// <summary>Waits until that many artworks have come on screen.</summary>
    public static async Task ShownAsync(IPage page, int artworks) =>
        await page.WaitForFunctionAsync("count => window.artfresh?.player.changes.length >= count", artworks);

    /// <summary>From here on the art changes only when it is told to, so that what was shown can be compared with what arrived.</summary>
    public static async Task RestAsync(IPage page)
    {
        await page.EvaluateAsync("() => window.artfresh.player.rest()");
        // A change that was under way is over.
        await page.WaitForFunctionAsync("() => window.artfresh.player.artwork?.id === window.artfresh.player.changes.slice(-1)[0]?.id");
    }

    /// <summary>
    /// For a test that counts what leaves by itself or by one flush: on a slow machine the page's own flush would come first. Its timers of more than five seconds never end.
    /// </summary>
    public Task HoldTimersAsync() => Browser.AddInitScriptAsync(
        "const set = setTimeout; globalThis.setTimeout = (run, ms, ...rest) => set(run, ms > 5000 ? 2 ** 31 - 1 : ms, ...rest);");

    /// <summary>Turns to the next artwork and waits for it; from the start screen, by way of the quiet mode at rest.</summary>
    public static async Task NextAsync(IPage page)
    {
        if (await page.Locator("body[data-screen=start] #choose-quiet").IsVisibleAsync())
        {
            await page.ClickAsync("#choose-quiet");
            await RestAsync(page);
        }

        var shown = await page.EvaluateAsync<int>("() => window.artfresh.player.changes.length");
        await page.Keyboard.PressAsync("n");
        await ShownAsync(page, shown + 1);
    }

    public static Task<long[]> ShownIdsAsync(IPage page) => page.EvaluateAsync<long[]>("() => window.artfresh.player.changes.map(change => change.id)");

    public static async Task<JsonElement> StatsAsync(IPage page) => await page.EvaluateAsync<JsonElement>("() => ({ ...window.artfresh.client.stats })");

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        if (!_isServerShared)
        {
            await Server.DisposeAsync();
        }
    }
}
