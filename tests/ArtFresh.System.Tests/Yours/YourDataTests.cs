using System.Collections.Concurrent;
using System.Text.Json;
using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Yours;

/// <summary>The player's room "Your data": consent, the file to take along, and erasure.</summary>
public sealed class YourDataTests(Gallery gallery) : IClassFixture<Gallery>
{
    [Fact]
    public async Task WithoutConsentNothingIsStoredAndNoCookieGoesAlong()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        var before = await ListenerAsync(page);
        Assert.NotEmpty(await visit.Browser.CookiesAsync());

        await page.Keyboard.PressAsync("d");
        await page.Locator("#consent-none").CheckAsync();
        await page.Locator("#your-data button", new() { HasText = "Remember this choice" }).ClickAsync();
        await page.WaitForFunctionAsync($"() => window.artfresh?.client.listenerId && window.artfresh.client.listenerId !== '{before}'");
        await Visit.ShownAsync(page, 1);
        var cookies = new ConcurrentQueue<string>();
        page.Request += (_, request) => _ = NoteAsync(request);
        await Visit.NextAsync(page);
        await page.EvaluateAsync("() => window.artfresh.client.flush()");

        Assert.Empty(await visit.Browser.CookiesAsync());
        Assert.Equal("""{"artfresh-player:consent":"none"}""", await page.EvaluateAsync<string>("() => JSON.stringify(localStorage)"));
        Assert.Equal("{}", await page.EvaluateAsync<string>("() => JSON.stringify(sessionStorage)"));
        Assert.Equal("memory", (await Visit.StatsAsync(page)).GetProperty("journal").GetString());
        Assert.Empty(await page.EvaluateAsync<JsonElement[]>(
            """
            async () => {
              const { result } = await new Promise((resolve) => (indexedDB.open("artfresh").onsuccess = ({ target }) => resolve(target)));
              if (!result.objectStoreNames.contains("batch")) return [];
              const all = result.transaction("batch").objectStore("batch").getAll();
              return new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
            }
            """));
        Assert.Empty(cookies);
        var second = await ListenerAsync(page);
        await page.ReloadAsync();
        await Visit.ShownAsync(page, 1);
        Assert.NotEqual(second, await ListenerAsync(page));
        // What was shown before arrived.
        var impressions = visit.Ledger.Count($"select count(*) from impression_batch b join session s on s.session_id = b.session_id where s.listener_id = '{before}'");
        Assert.NotEqual(0, impressions);

        async Task NoteAsync(Microsoft.Playwright.IRequest request)
        {
            if ((await request.AllHeadersAsync()).TryGetValue("cookie", out var cookie))
            {
                cookies.Enqueue(cookie);
            }
        }
    }

    [Fact]
    public async Task ConsentForTheVisitOutlivesAReloadAndNotTheTab()
    {
        await using var visit = await gallery.VisitAsync();
        await visit.Browser.AddInitScriptAsync("localStorage.setItem('artfresh-player:consent', 'session')");
        var page = await visit.OpenAsync();
        var first = await ListenerAsync(page);

        await page.ReloadAsync();
        await Visit.ShownAsync(page, 1);
        Assert.Equal(first, await ListenerAsync(page));
        Assert.Empty(await visit.Browser.CookiesAsync());
        var other = await visit.OpenAsync();
        Assert.NotEqual(first, await ListenerAsync(other));
    }

    [Fact]
    public async Task ListenerTakesAlongWhatIsHeldAndHasItErasedWithoutAReload()
    {
        await using var visit = await gallery.VisitAsync();
        var served = new ConcurrentQueue<long[]>();
        visit.Browser.Response += (_, response) => _ = NoteAsync(response);
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "true");
        var shown = await Visit.ShownIdsAsync(page);
        var before = await ListenerAsync(page);
        var stocked = served.SelectMany(ids => ids).ToHashSet();

        await page.Keyboard.PressAsync("d");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#your-data button", new() { HasText = "Download all of it" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Contains(lines, line => line.Contains(before, StringComparison.Ordinal));
        Assert.All(shown, id => Assert.Contains(lines, line => line.Contains($"{id}", StringComparison.Ordinal)));

        await page.Locator("#your-data button", new() { HasText = "Erase it all" }).First.ClickAsync();
        await page.Locator("#your-data button", new() { HasText = "Yes, erase it all" }).ClickAsync();
        await Assertions.Expect(page.Locator("#message")).ToContainTextAsync("Erased");
        // At once: nothing of the stock, nothing to go back to.
        await page.WaitForFunctionAsync($"() => window.artfresh.client.listenerId && window.artfresh.client.listenerId !== '{before}'");
        await Visit.ShownAsync(page, 1);
        await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "false");
        await Assertions.Expect(page.Locator("#previous")).ToBeDisabledAsync();
        for (var i = 0; i < 9; i++)
        {
            await Visit.NextAsync(page);
        }

        var toTheNew = await Visit.ShownIdsAsync(page);
        await Eventually.TrueAsync(() => toTheNew.All(served.SelectMany(ids => ids).Skip(stocked.Count).Contains));
        await page.Keyboard.PressAsync("w");
        await Assertions.Expect(page.Locator("#kept .room-status")).ToContainTextAsync("Nothing kept yet");
        await visit.Ledger.HasErasedAsync();
        Assert.Equal(0, visit.Ledger.Count($"select count(*) from session where listener_id = '{before}'"));

        async Task NoteAsync(IResponse response)
        {
            if (response.Ok && response.Url.Contains("/api/artworks/fresh", StringComparison.Ordinal))
            {
                var artworks = (await response.JsonAsync())!.Value.GetProperty("artworks").EnumerateArray();
                served.Enqueue([.. artworks.Select(artwork => artwork.GetProperty("id").GetInt64())]);
            }
        }
    }

    private static Task<string> ListenerAsync(IPage page) => page.EvaluateAsync<string>("() => window.artfresh.client.listenerId");
}
