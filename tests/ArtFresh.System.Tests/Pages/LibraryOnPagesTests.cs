using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ArtFresh.SystemTests.Delivery;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Pages;

/// <summary>The browser library on pages that others make with it: what is recorded is what was seen, and nothing else is spent.</summary>
public sealed partial class LibraryOnPagesTests
{
    private const string Seen = "<script>window.seen = []; addEventListener('artwork', event => seen.push(event.detail.id));</script>";
    private const string Art = "style='display:block;width:300px;height:300px'";

    [Fact]
    public async Task ScriptTagOnAPageOfAnotherSiteShowsArtAndRecordsItForOneGuest()
    {
        await using var world = await LibraryPage.StartAsync();
        var guestsBefore = world.Guests;
        using var http = new HttpClient { BaseAddress = world.Server.Address };
        var integrity = Convert.ToBase64String(SHA384.HashData(await http.GetByteArrayAsync(new Uri("artfresh-1.0.0.js", UriKind.Relative), TestContext.Current.CancellationToken)));
        var page = await world.OpenElsewhereAsync($"""
            {Seen}<script type=module src="{world.Server.Address}artfresh-1.0.0.js" integrity="sha384-{integrity}" crossorigin></script>
            <art-fresh server="{world.Server.Address}" every="1.2" {Art}></art-fresh>
            """);
        await page.WaitForFunctionAsync("() => seen.length >= 3");
        Assert.Empty(await world.Browser.CookiesAsync([world.Server.Address.ToString()]));
        var seen = await page.EvaluateAsync<long[]>("() => seen");

        await page.CloseAsync(new() { RunBeforeUnload = true });

        await Eventually.TrueAsync(() => world.Server.Ledger.Impressions().Count >= 2);
        Assert.Equal(seen[..2], world.Server.Ledger.Impressions().Take(2).Select(impression => impression.ArtworkId));
        Assert.Equal(1, world.Guests - guestsBefore);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ExampleOfTheReadmeShowsItsFirstArtAtOnceAndRecordsWhatItShows(int example)
    {
        var script = await ReadmeExamples.BundleAsync((await ReadmeExamples.ReadAsync())[example]);
        await using var world = await LibraryPage.StartAsync();
        var asked = 0;
        world.Browser.Request += (_, request) => asked += request.Url.Contains("/fresh?", StringComparison.Ordinal) ? 1 : 0;
        await world.Browser.RouteAsync("**/example.js", route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = script }));
        var page = await world.OpenAsync("<body><script type=module src=/example.js></script>");
        await page.WaitForFunctionAsync("() => document.querySelector('img')?.naturalWidth > 0");
        var shown = await page.EvaluateAsync<string>("() => document.querySelector('img').src");
        // The journal, read past the library. Not by WaitForFunctionAsync, to which a promise is as good as true.
        await Eventually.TrueAsync(() => page.EvaluateAsync<bool>("""
            async () => (await indexedDB.databases()).length > 0 && new Promise(resolve => {
              const opening = indexedDB.open("artfresh");
              opening.onsuccess = () => {
                const counting = opening.result.transaction("batch").objectStore("batch").count();
                counting.onsuccess = () => resolve(counting.result === 1);
                opening.result.close();
              };
            })
            """));

        await page.CloseAsync(new() { RunBeforeUnload = true });
        // What did not leave with the page is in the journal, for the next one.
        await world.OpenAsync("<script type=module>import { createClient } from '/artfresh.js'; await createClient().ready();</script>", "next");

        var impression = Assert.Single(await world.Server.Ledger.HoldsAsync(1));
        Assert.Contains($"/art/{impression.ArtworkId}.png", shown, StringComparison.Ordinal);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData("<img id=art src=/slow.png width=300 height=300>", "slow.png", false)]
    [InlineData("<img id=art src=/gone.png width=300 height=300>", "gone.png", false)]
    [InlineData("<img id=art src=/favicon.svg style='width:0;height:0'>", "", false)]
    [InlineData("<img id=art src=/favicon.svg width=300 height=300>", "", true)]
    [InlineData("<div style='width:300px;height:400px;overflow:auto'><div id=art style='width:300px;height:900px'></div></div>", "", true)]
    [InlineData("<div style='width:300px;height:100px;overflow:hidden'><div style='height:300px'></div><div id=art style='width:300px;height:90px'></div></div>", "", false)]
    public async Task OnlyWhatWasLoadedAndSeenForASecondCounts(string html, string held, bool counts)
    {
        await using var world = await LibraryPage.StartAsync();
        if (held.Length > 0)
        {
            await world.Browser.RouteAsync("**/" + held, route => held.StartsWith("slow", StringComparison.Ordinal) ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken) : route.FulfillAsync(new() { Status = 404 }));
        }

        var page = await world.OpenAsync(html + "<div id=control style='width:9px;height:9px'></div>" + WatchArt + WatchControl);
        // A second of this page has passed when something plain beside it has counted, and with it that of all that was seen before.
        await page.WaitForFunctionAsync("() => window.controlled >= 3");
        Assert.Equal(counts ? 1 : 0, await page.EvaluateAsync<int>("() => window.seen"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ArtTallerThanItsFrameCounts(bool isElsewhere)
    {
        await using var world = await LibraryPage.StartAsync();
        const string inner = "<body style='margin:0'><div id=art style='width:300px;height:900px'></div>" + WatchArt;
        await (await world.OpenAsync(inner, "inner")).CloseAsync();
        var frame = $"<iframe width=300 height=400 src='{world.Server.Address}inner'></iframe><script>addEventListener('message', () => window.seen = 1)</script>";
        await world.Browser.RouteAsync(world.Server.Address + "inner", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html>" + inner }));
        var page = await (isElsewhere ? world.OpenElsewhereAsync(frame) : world.OpenAsync(frame));
        await page.WaitForFunctionAsync("() => window.seen === 1");
    }

    [Fact]
    public async Task ElementMountedAgainAndAgainAsksOnceAndRecordsNothing()
    {
        await using var world = await LibraryPage.StartAsync();
        var page = await world.OpenAsync(Seen + "<script type=module src=/artfresh.js></script><main></main>");
        // All of one mood: otherwise one nearer to the page's may be loaded meanwhile, and comes first.
        await page.RouteAsync("**/fresh?*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = Moods().Replace(await answer.TextAsync(), "\"mood\":{\"valence\":0.5,\"energy\":0.5}") });
        });
        var asked = 0;
        page.Request += (_, request) => asked += request.Url.Contains("/fresh?", StringComparison.Ordinal) ? 1 : 0;
        await page.EvaluateAsync("""
            async () => {
              const main = document.querySelector("main");
              // Left at once: on a busy machine a frame later may be a second later, and the artwork seen.
              addEventListener("artwork", () => queueMicrotask(() => main.innerHTML = ""));
              for (let visit = 1; visit <= 20; visit++) {
                main.innerHTML = "<art-fresh every='0' style='display:block;width:300px;height:300px'></art-fresh>";
                while (main.innerHTML) await new Promise(resolve => requestAnimationFrame(resolve));
              }
            }
            """);
        Assert.Equal(1, asked);
        Assert.Single((await page.EvaluateAsync<long[]>("() => seen")).Distinct());
    }

    [Theory]
    [InlineData("-Date.now() + 60000")]
    [InlineData("-8 * 86400000")]
    [InlineData("50 * 365 * 86400000")]
    public async Task WhatADeviceWithAWrongClockHasShownArrivesWhenItIsRight(string shift)
    {
        await using var world = await LibraryPage.StartAsync();
        await world.Browser.AddInitScriptAsync("delete window.fetchLater;");
        await world.Browser.RouteAsync("**/batch-impressions", route => route.AbortAsync());
        await world.Browser.RouteAsync("**/page", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html>" }));
        var other = await world.Browser.NewPageAsync();
        await other.GotoAsync("about:blank");
        var page = await world.Browser.NewPageAsync();
        await page.AddInitScriptAsync($"const now = Date.now.bind(Date); const shift = {shift}; Date = class extends Date {{ constructor(...all) {{ all.length ? super(...all) : super(now() + shift); }} static now() {{ return now() + shift; }} }};");
        await page.GotoAsync(world.Server.Address + "page");
        await page.EvaluateAsync("""
            async () => {
              const { createClient } = await import("/artfresh.js");
              const client = createClient({ log() {} });
              for (const { id } of await client.fresh({ count: 10 })) await client.impression(id);
            }
            """);
        await page.CloseAsync();
        await world.Browser.UnrouteAsync("**/batch-impressions");

        await other.GotoAsync(world.Server.Address + "page");
        await other.EvaluateAsync("async () => { const { createClient } = await import('/artfresh.js'); window.client = createClient({ log() {} }); await client.ready(); }");

        await world.Server.Ledger.HoldsAsync(10);
        Assert.Equal(0, await other.EvaluateAsync<int>("() => client.stats.dropped"));
    }

    [Fact]
    public async Task JournalThatDidNotLoadIsLoadedAgainAndTakesWhatWasShownMeanwhile()
    {
        using var library = new ClientLibrary();
        await using var world = await LibraryPage.StartAsync();
        await world.Browser.RouteAsync("**/delivery-test/**", route => route.FulfillAsync(new() { ContentType = "text/javascript", BodyBytes = library.Find(new Uri(route.Request.Url).AbsolutePath) }));
        var tries = 0;
        await world.Browser.RouteAsync("**/durable/keep.js", route => tries++ == 0 ? route.AbortAsync() : route.FallbackAsync());
        var page = await world.OpenAsync("<title>a page</title>");

        await page.EvaluateAsync("""
            async () => {
              const { createClient } = await import("/delivery-test/lib/index.js");
              window.client = createClient({ log() {} });
              const [artwork] = await client.fresh({ count: 1 });
              await client.impression(artwork.id);
            }
            """);

        await page.WaitForFunctionAsync("() => client.stats.journal === 'indexeddb'");
        Assert.Equal(2, tries);
    }

    /// <summary>Counts how often the art has been seen.</summary>
    private const string WatchArt = """
        <script type=module>
        import { whenSeen } from "/artfresh.js";
        window.seen = 0;
        whenSeen(document.getElementById("art"), {}, () => { window.seen++; parent.postMessage("seen", "*"); });
        </script>
        """;

    private const string WatchControl = """
        <script type=module>
        import { whenSeen } from "/artfresh.js";
        window.controlled = 0;
        const again = () => whenSeen(document.getElementById("control"), {}, () => { window.controlled++; again(); });
        again();
        </script>
        """;

    [GeneratedRegex("\"mood\":\\{[^}]*\\}")]
    private static partial Regex Moods();
}
