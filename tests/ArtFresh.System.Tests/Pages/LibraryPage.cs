using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Pages;

/// <summary>A running server, and a browser with pages that others have made with the library that it serves.</summary>
public sealed class LibraryPage : IAsyncDisposable
{
    private readonly Dictionary<string, string> _pages = [];
    private readonly Chromium _chromium;
    private readonly LoopbackSite _elsewhere;

    private LibraryPage(ServerProcess server, Chromium chromium, LoopbackSite elsewhere) => (Server, _chromium, _elsewhere) = (server, chromium, elsewhere);

    public ServerProcess Server { get; }

    /// <summary>Number of listeners with a session.</summary>
    public long Guests => Server.Ledger.Count("select count(distinct listener_id) from session");

    public IBrowserContext Browser => _chromium.Context;

    /// <summary>The server lets pages of the other site request art.</summary>
    public static async Task<LibraryPage> StartAsync()
    {
        LibraryPage? world = null;
        var elsewhere = await LoopbackSite.StartAsync(http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync(world!._pages.GetValueOrDefault(http.Request.Path, "<!doctype html>"));
        });
        var server = new ServerProcess("--ArtFresh:AllowedOrigins", Origin(elsewhere));
        await server.StartAsync();
        await server.StockAsync();
        world = new LibraryPage(server, await Chromium.StartAsync(), elsewhere);
        // What a page sends as it is closed needs a browser that stays.
        await (await world.Browser.NewPageAsync()).GotoAsync("about:blank");
        return world;
    }

    /// <summary>Opens a page of the server's own origin.</summary>
    public async Task<IPage> OpenAsync(string html, string path = "page")
    {
        var address = new Uri(Server.Address, path).ToString();
        await Browser.RouteAsync(address, route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html>" + html }));
        var page = await Browser.NewPageAsync();
        await page.SetViewportSizeAsync(1000, 700);
        // Not all that it loads is there to be had.
        await page.GotoAsync(address, new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }

    /// <summary>Opens a page of another site, which takes no cookie of the server along: <c>localhost</c>, where the server is 127.0.0.1.</summary>
    public async Task<IPage> OpenElsewhereAsync(string html)
    {
        _pages["/page"] = "<!doctype html>" + html;
        var page = await Browser.NewPageAsync();
        await page.SetViewportSizeAsync(1000, 700);
        await page.GotoAsync($"{Origin(_elsewhere)}/page");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await Server.DisposeAsync();
        await _elsewhere.DisposeAsync();
    }

    private static string Origin(LoopbackSite site) => $"http://localhost:{site.Address.Port}";
}
