using ArtFresh.TestWorld;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Journey;

public sealed class OperationsTests
{
    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task OperatorSeesThatThePromiseHoldsAndTheFiguresAsTheyComeIn(int width, int height)
    {
        await using var visit = await Visit.StartAsync();
        using var listener = new HttpListenerClient(visit.Server.Address);
        var listenerId = await listener.SignInAsync();
        var session = await listener.OpenAsync("r1");
        await ShowAsync(listener, session, 1, 10);

        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(width, height);
        await page.GotoAsync(new Uri(visit.Server.Address, $"ops?key={visit.Server.OperatorsKey}").ToString());

        Assert.Equal("/ops", new Uri(page.Url).PathAndQuery);

        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("The promise holds.");
        await Assertions.Expect(page.Locator("[data-kpi=legacy] .kpi-parts")).ToHaveTextAsync("0 found, 10 impressions recorded");
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live");
        await Assertions.Expect(page.Locator("#comparison thead")).ToContainTextAsync("r1");
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");

        await ShowAsync(listener, session, 11, 10);

        await Assertions.Expect(page.Locator("[data-kpi=legacy] .kpi-parts")).ToHaveTextAsync("0 found, 20 impressions recorded");

        await page.Locator("#know-release").FillAsync("r-next");
        await page.Locator("#know-reason").FillAsync("rolled out to testers");
        await page.Locator("#know button").ClickAsync();
        await Assertions.Expect(page.Locator("#audit")).ToContainTextAsync("rolled out to testers");
        await Assertions.Expect(page.Locator("#know-release")).ToHaveValueAsync("");

        await page.Locator("#strike-name").FillAsync(listenerId);
        await page.Locator("#strike-reason").FillAsync("says what cannot be");
        await page.Locator("#strike button[value=strike]").ClickAsync();
        await Assertions.Expect(page.Locator("#struck")).ToHaveTextAsync("Struck: 1 listener.");
        await Assertions.Expect(page.Locator("#audit")).ToContainTextAsync("says what cannot be");
        await page.Locator("#strike-whose").SelectOptionAsync("address");
        await page.Locator("#strike-name").FillAsync("127.0.0.1");
        await page.Locator("#strike-reason").FillAsync("it was a test");
        await page.Locator("#strike button[value=lift]").ClickAsync();
        await Assertions.Expect(page.Locator("#struck")).ToContainTextAsync("of network ");
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");
        Assert.DoesNotContain(visit.Console, line => line.Contains("Content Security Policy", StringComparison.Ordinal) || line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusalsAreToldAndAStoppedServersFiguresAreDimmed()
    {
        await using var visit = await Visit.StartAsync();
        using var listener = new HttpListenerClient(visit.Server.Address);
        await listener.SignInAsync();
        await ShowAsync(listener, await listener.OpenAsync("r1"), 1, 10);
        var page = await visit.Browser.NewPageAsync();
        await page.GotoAsync(new Uri(visit.Server.Address, $"ops?key={visit.Server.OperatorsKey}").ToString());
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live");
        var button = page.Locator("#releases button");
        await button.FocusAsync();

        // One network's alone are no trouble.
        foreach (var address in new[] { "127.0.1.1", "127.0.2.1" })
        {
            using var stranger = LoopbackClient.From(address, visit.Server.Address);
            for (var i = 0; i < 60; i++)
            {
                await stranger.GetAsync(new Uri("api/artworks/fresh?sessionId=0&count=5", UriKind.Relative), TestContext.Current.CancellationToken);
            }
        }

        await Assertions.Expect(page.Locator("#headline")).ToContainTextAsync("Many requests are refused.", Patient);
        await Assertions.Expect(page.Locator("#findings")).ToContainTextAsync("Requests are refused");
        await Assertions.Expect(button).ToBeFocusedAsync();

        await visit.Server.KillAsync();
        await Assertions.Expect(page.Locator("body[data-stale]")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
        await visit.Server.StartAsync();
        await Assertions.Expect(page.Locator("body[data-stale]")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live");
    }

    private static LocatorAssertionsToContainTextOptions Patient => new() { Timeout = 30_000 };

    private static async Task ShowAsync(HttpListenerClient listener, string session, long firstNumber, int artworks)
    {
        var ids = await listener.FreshAsync(session, artworks, 0.5, 0.5);
        Assert.Equal(artworks, await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), firstNumber, ids)));
    }
}
