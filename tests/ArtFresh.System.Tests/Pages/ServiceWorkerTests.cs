using System.Net.Http.Json;
using System.Text;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Pages;

/// <summary>The service worker of the browser library's README, as it stands.</summary>
public sealed class ServiceWorkerTests
{
    [Fact]
    public async Task PicturesAreThereWithoutANetworkAndGoneOnceWithdrawnAndAllThatIsShownIsDelivered()
    {
        var stop = TestContext.Current.CancellationToken;
        var recipe = await ReadmeExamples.ReadAsync("javascript");
        Assert.Equal(2, recipe.Count);
        var html = $$"""
            <!doctype html><script type=module>
            import { createClient } from "/artfresh.js";
            const client = createClient({ log() {} });
            {{recipe[1]}}
            while (!navigator.serviceWorker.controller) await new Promise(resolve => setTimeout(resolve, 20));
            window.client = client;
            window.load = url => { const picture = new Image(); picture.src = url; return picture.decode(); };
            </script>
            """;
        await using var world = await LibraryPage.StartAsync();
        await using var proxy = await FaultProxy.StartAsync(world.Server.Address, page: path => path switch
        {
            "/page" => Encoding.UTF8.GetBytes(html),
            "/sw.js" => Encoding.UTF8.GetBytes(recipe[0]),
            _ => null,
        });
        var page = await world.Browser.NewPageAsync();
        await page.GotoAsync(new Uri(proxy.Address, "page").ToString());
        await page.WaitForFunctionAsync("() => window.client");

        var shown = await page.EvaluateAsync<long[]>("""
            async () => {
              window.art = await client.fresh({ count: 4 });
              for (const { imageUrl } of art) await load(imageUrl);
              for (const { id } of art.slice(1)) await client.impression(id);
              return art.map(({ id }) => id);
            }
            """);
        proxy.Cut();
        await page.EvaluateAsync("async () => { await load(art[0].imageUrl + '#again'); await client.impression(art[0].id); await client.flush(); }");
        proxy.Mend();
        await page.EvaluateAsync("() => void client.flush()");
        var recorded = await world.Server.Ledger.HoldsAsync(4);
        Assert.Equal(shown.Order(), recorded.Select(impression => impression.ArtworkId).Order());

        using var operators = world.Server.NewOperator();
        (await operators.PostAsJsonAsync(new Uri($"api/ops/artworks/{shown[0]}/withdraw", UriKind.Relative), new { reason = "a claim" }, stop)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => page.EvaluateAsync<bool>("async () => { await client.fresh({ count: 1 }); return !await (await caches.open('art')).match(art[0].imageUrl); }"));
        Assert.True(await page.EvaluateAsync<bool>("async () => !!await (await caches.open('art')).match(art[1].imageUrl)"));
    }
}
