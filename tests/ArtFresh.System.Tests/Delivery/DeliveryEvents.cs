using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>Something that happens in the middle of showing art.</summary>
/// <param name="Run">Does it, with its waits cut to a part (1 is the whole), and gives a page that is open afterwards.</param>
public sealed record DeliveryEvent(string Name, Func<Show, double, Task<IPage>> Run)
{
    /// <summary>About what only this library's server has.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Whether it needs a browser and a server of its own, as it kills them or has them know of another site or of accounts.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Whether another event makes the same promise: the short form of the tests leaves this one out.</summary>
    public bool IsVariant { get; init; }

    /// <summary>The events of the table, in its order.</summary>
    public static IReadOnlyList<DeliveryEvent> All => [.. Faults, .. PageEvents.All()];

    /// <summary>What ends or breaks: pages, browser, network, server.</summary>
    private static IReadOnlyList<DeliveryEvent> Faults { get; } =
    [
        new("tab closed", async (art, _) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(97);
            await page.CloseAsync(new() { RunBeforeUnload = true });
            return await VisitAsync(art);
        }),
        new("browser killed (SIGKILL), opened again", async (art, _) =>
        {
            await art.OpenAsync();
            await art.ShowAsync(97);
            await art.Browser.KillAndReopenAsync();
            return await VisitAsync(art);
        }) { IsAlone = true },
        new("page killed (crash)", async (art, _) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(97);
            await CrashAsync(page);
            return await VisitAsync(art);
        }),
        new("tab frozen, discarded, opened again", async (art, _) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(97);
            var devTools = await page.Context.NewCDPSessionAsync(page);
            await devTools.SendAsync("Page.setWebLifecycleState", new Dictionary<string, object> { ["state"] = "frozen" });
            // The browser discards a tab by ending its process; it loads anew when somebody looks at it again.
            await CrashAsync(page);
            return await VisitAsync(art);
        }),
        new("away and back, reload, hard reload", async (art, _) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            await page.GotoAsync("about:blank");
            // A page out of the back/forward cache does not load again.
            await page.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });
            await page.WaitForFunctionAsync("() => window.delivery?.isRestored");
            await art.ShowAsync(25);
            await page.ReloadAsync();
            await art.ShowAsync(25);
            var devTools = await page.Context.NewCDPSessionAsync(page);
            await devTools.SendAsync("Page.reload", new Dictionary<string, object> { ["ignoreCache"] = true });
            await art.ShowAsync(25);
            return page;
        }),
        new("left for another page", async (art, part) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(97);
            await page.GotoAsync("about:blank");
            await WaitAsync(10 * part);
            return await VisitAsync(art);
        }) { IsVariant = true },
        new("network gone for 30 s", async (art, part) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            art.Proxy.Cut();
            await WaitAsync(30 * part);
            art.Proxy.Mend();
            await art.ShowAsync(25);
            return page;
        }) { IsVariant = true },
        new("network gone for 3 minutes, art made on the spot", async (art, part) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            art.Proxy.Cut();
            // However slowly it makes them.
            await Task.WhenAll(WaitAsync(180 * part), art.MakeAsync(51));
            art.Proxy.Mend();
            await art.ShowAsync(25);
            return page;
        }) { IsOurs = true },
        new("every 3rd request 503, every 5th answer lost", async (art, part) =>
        {
            var turn = 0;
            art.Break(_ => Interlocked.Increment(ref turn) switch
            {
                var n when n % 3 == 0 => ProxyFault.Unavailable,
                var n when n % 5 == 0 => ProxyFault.AnswerLost,
                _ => null,
            });
            var page = await art.OpenAsync();
            await art.ShowAsync((int)(150 * part) + 30);
            return page;
        }),
        new("server killed, back after 10 s", async (art, part) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            await art.KillServerAsync();
            await WaitAsync(10 * part);
            await art.RestoreServerAsync();
            await art.ShowAsync(25);
            return page;
        }) { IsAlone = true },
        new("5 tabs, the leader closed", async (art, _) =>
        {
            var tabs = new List<IPage>();
            for (var i = 0; i < 5; i++)
            {
                tabs.Add(await art.OpenAsync(new ShownPage { EveryMs = art.EveryMs * 5 / 2 }));
                await art.ShowAsync(5);
            }

            await art.ShowAsync(50);
            await tabs[0].CloseAsync(new() { RunBeforeUnload = true });
            await art.ShowAsync(10);
            await CrashAsync(tabs[1]);
            await art.ShowAsync(10);
            foreach (var tab in tabs[2..4])
            {
                await tab.CloseAsync(new() { RunBeforeUnload = true });
            }

            return tabs[4];
        }),
        new("a session of 1,000 artworks", async (art, part) =>
        {
            var page = await art.OpenAsync(new ShownPage { EveryMs = 40 });
            await art.ShowAsync((int)(1000 * part));
            return page;
        }) { IsVariant = true },
        new("batch endpoint off for a minute", async (art, part) =>
        {
            var page = await art.OpenAsync();
            await art.ShowAsync(25);
            art.Break(request => request.Path.StartsWith("/api/artworks/batch-impressions", StringComparison.Ordinal) ? ProxyFault.NotFound : null);
            await WaitAsync(60 * part);
            art.Break(_ => null);
            await art.ShowAsync(25);
            return page;
        }) { IsOurs = true },
    ];

    /// <summary>Comes back for a moment.</summary>
    internal static async Task<IPage> VisitAsync(Show art)
    {
        var page = await art.OpenAsync();
        await art.ShowAsync(1);
        return page;
    }

    internal static Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    /// <summary>Ends the page's process.</summary>
    internal static async Task CrashAsync(IPage page)
    {
        var crashed = new TaskCompletionSource();
        page.Crash += (_, _) => crashed.TrySetResult();
        var devTools = await page.Context.NewCDPSessionAsync(page);
        // It never answers: who could.
        _ = devTools.SendAsync("Page.crash").ContinueWith(answer => answer.Exception, TaskScheduler.Default);
        await crashed.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }
}
