using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The events of pages, listeners and devices that are not as the library would like them.</summary>
internal static class PageEvents
{
    /// <summary>The device started a minute ago, and has not learnt the time.</summary>
    private const string ClockAt1970 = """
        const now = Date.now.bind(Date);
        const shift = 60_000 - now();
        Date = class extends Date { constructor(...all) { all.length ? super(...all) : super(now() + shift); } static now() { return now() + shift; } };
        """;

    /// <summary>The page's own scripts use up what requests that outlive their page may have.</summary>
    private const string TakeQuota = "() => void fetch('/api/of-others', { method: 'POST', keepalive: true, body: 'x'.repeat(65_500) }).catch(() => {})";

    /// <summary>As when another tab is looked at.</summary>
    private const string Hide = """
        hidden => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }
        """;

    public static IReadOnlyList<DeliveryEvent> All() => [.. OfDevices(), .. OfListeners(), .. OfPages()];

    private static IReadOnlyList<DeliveryEvent> OfDevices() =>
    [
        new("clock at 1970, page killed, clock set right", async (art, _) =>
        {
            var page = await art.OpenAsync(new ShownPage { Script = ClockAt1970 });
            await art.ShowAsync(47);
            await DeliveryEvent.CrashAsync(page);
            return await DeliveryEvent.VisitAsync(art);
        }) { IsVariant = true },
        new("another tab hangs as it signs in", async (art, _) =>
        {
            var hung = await art.Browser.Context.NewPageAsync();
            await hung.GotoAsync(new Uri(art.Proxy.Address, "healthz/live").ToString());
            await hung.EvaluateAsync("() => void navigator.locks.request('artfresh:sign-in', () => new Promise(() => {}))");
            var page = await art.OpenAsync();
            await art.ShowAsync(50);
            return page;
        }) { IsOurs = true, IsVariant = true },
        new("keepalive quota taken by others, page hidden, then closed", async (art, _) =>
        {
            art.Break(request => request.Path == "/api/of-others" ? ProxyFault.Held : null);
            var page = await art.OpenAsync();
            await art.ShowAsync(45);
            await page.EvaluateAsync(TakeQuota);
            await page.EvaluateAsync(Hide, true);
            // Nothing waits for the next visit.
            await page.WaitForFunctionAsync("() => window.delivery.client.stats.unsent === 0");
            await page.EvaluateAsync(Hide, false);
            await art.ShowAsync(45);
            await page.CloseAsync(new() { RunBeforeUnload = true });
            return await DeliveryEvent.VisitAsync(art);
        }) { IsOurs = true },
    ];

    private static IReadOnlyList<DeliveryEvent> OfListeners() =>
    [
        new("listener forgotten, another one comes", async (art, part) =>
        {
            art.Break(request => request.Path == "/api/sign-out" ? new ProxyFault { Delay = TimeSpan.FromSeconds(10 * part) } : null);
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            // The show goes on meanwhile.
            await page.EvaluateAsync("() => window.delivery.client.forget()");
            await art.ShowAsync(25);
            return page;
        }) { IsOurs = true },
        new("sign-in in mid-session, sign-out, another account", async (art, _) =>
        {
            var page = await art.OpenAsync(new ShownPage { Query = "&signs-in" });
            await art.ShowAsync(25);
            foreach (var subject in new[] { "ann", null, "bob" })
            {
                await page.EvaluateAsync("token => { window.token = token; void window.delivery.client.ready(); }", subject is null ? null : ((ShownArt)art).TokenOf(subject));
                await page.WaitForFunctionAsync("start => window.delivery.client.listenerId?.startsWith(start)", subject is null ? "guest-" : "sub-" + subject);
                await art.ShowAsync(25);
            }

            return page;
        }) { IsOurs = true, IsAlone = true, IsVariant = true },
        new("ledger's epoch changed", async (art, _) =>
        {
            var ours = (ShownArt)art;
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            await ours.GoBackAsync(async () =>
            {
                await art.ShowAsync(10);
                // Acknowledged, and then lost by the server.
                await page.EvaluateAsync("() => window.delivery.client.flush()");
            });
            await art.ShowAsync(25);
            return page;
        }) { IsOurs = true, IsAlone = true, IsVariant = true },
    ];

    private static IReadOnlyList<DeliveryEvent> OfPages() =>
    [
        new("page of another site", async (art, _) => await ShowElsewhereAsync(art, new ShownPage { IsElsewhere = true }))
        { IsOurs = true, IsAlone = true, IsVariant = true },
        new("third-party cookies blocked", async (art, _) => await ShowElsewhereAsync(art, new ShownPage { IsElsewhere = true, BlocksCookies = true }))
        { IsOurs = true, IsAlone = true, IsVariant = true },
        new("pictures that fail", async (art, part) =>
        {
            // All at first, and then every third.
            art.Break(request => IsPicture(request) ? ProxyFault.NotFound : null);
            var page = await art.OpenAsync(new ShownPage("pictures"));
            await DeliveryEvent.WaitAsync(8 * part);
            art.Break(request => IsPicture(request) && request.Path.Sum(letter => letter) % 3 == 0 ? ProxyFault.NotFound : null);
            await art.ShowAsync(40);
            return page;
        }) { IsOurs = true, IsVariant = true },
        new("frame and scroller", async (art, _) => await ShowOnAsync(art, new ShownPage("frame"))) { IsOurs = true, IsVariant = true },
        new("single-page app", async (art, _) => await ShowOnAsync(art, new ShownPage("routes"))) { IsOurs = true, IsVariant = true },
        new("React 18 in StrictMode", async (art, _) => await ShowOnAsync(art, new ShownPage("strict") { Query = "&react=18" })) { IsOurs = true, IsVariant = true },
        new("React 19 in StrictMode", async (art, _) => await ShowOnAsync(art, new ShownPage("strict") { Query = "&react=19" })) { IsOurs = true, IsVariant = true },
        new("page that Next.js has built", async (art, _) =>
        {
            // Built before a page waits for it.
            await Task.Run(() => ((ShownArt)art).Library.Find("/delivery-test/next"));
            return await ShowOnAsync(art, new ShownPage("next"));
        }) { IsOurs = true, IsVariant = true },
    ];

    private static bool IsPicture(ProxiedRequest request) => request.Path.StartsWith("/art/", StringComparison.Ordinal);

    private static async Task<IPage> ShowOnAsync(Show art, ShownPage shown)
    {
        var page = await art.OpenAsync(shown);
        await art.ShowAsync(40);
        return page;
    }

    private static async Task<IPage> ShowElsewhereAsync(Show art, ShownPage shown)
    {
        var page = await art.OpenAsync(shown);
        await art.ShowAsync(50);
        await page.CloseAsync(new() { RunBeforeUnload = true });
        var next = await art.OpenAsync(shown);
        await art.ShowAsync(25);
        return next;
    }
}
