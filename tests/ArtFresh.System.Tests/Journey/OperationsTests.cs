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
        await ShowAsync(listener, session, 1, 5);

        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(width, height);
        await page.GotoAsync(new Uri(visit.Server.Address, $"ops?key={visit.Server.OperatorsKey}").ToString());

        Assert.Equal("/ops", new Uri(page.Url).PathAndQuery);

        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("The promise holds.");
        await Assertions.Expect(page.Locator("[data-kpi=legacy] .kpi-parts")).ToHaveTextAsync("0 of 5");
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live");
        await Assertions.Expect(page.Locator("#comparison thead")).ToContainTextAsync("r1");
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");

        await ShowAsync(listener, session, 6, 3);

        await Assertions.Expect(page.Locator("[data-kpi=legacy] .kpi-parts")).ToHaveTextAsync("0 of 8");

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

    private static async Task ShowAsync(HttpListenerClient listener, string session, long firstNumber, int artworks)
    {
        var ids = await listener.FreshAsync(session, artworks, 0.5, 0.5);
        Assert.Equal(artworks, await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), firstNumber, ids)));
    }
}
