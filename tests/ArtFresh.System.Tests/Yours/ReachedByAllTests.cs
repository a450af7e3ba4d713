using ArtFresh.SystemTests.Journey;
using ArtFresh.SystemTests.Screen;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Yours;

/// <summary>The listener's own rooms: by key, gesture and button, on each screen, and for people who do not see the screen.</summary>
public sealed class ReachedByAllTests(Gallery gallery) : IClassFixture<Gallery>
{
    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task EachRoomFitsTheScreenAndIsAccessible(int width, int height)
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.OpenAsync();
        await page.SetViewportSizeAsync(width, height);
        await CheckAsync(page, "start");
        await Visit.NextAsync(page);
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "true");
        await CheckAsync(page, "art");

        foreach (var (key, room, filled) in new[] { (".", "#menu", ".menu-item"), ("w", "#kept", ".work"), ("h", "#history", ".work"), ("d", "#your-data", "fieldset") })
        {
            await page.Keyboard.PressAsync(key);
            await Assertions.Expect(page.Locator($"{room}[open] {filled}").First).ToBeVisibleAsync();
            await CheckAsync(page, room);
            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.Locator(room)).ToBeHiddenAsync();
        }

        await page.Keyboard.PressAsync(".");
        await Assertions.Expect(page.Locator("#menu[open]")).ToBeVisibleAsync();
        // The ring of the first item, which has the focus, is drawn outside of it.
        Assert.InRange(await page.EvaluateAsync<double>("() => document.querySelector('.menu-item').getBoundingClientRect().top - document.querySelector('#menu .room-top').getBoundingClientRect().bottom"), 3, 40);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#help[open]")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.querySelector('#help').scrollTop"));

        await page.GotoAsync(new Uri(visit.Server.Address, "privacy.html").ToString());
        await CheckAsync(page, "privacy");
        var privacy = await page.Locator("main").InnerTextAsync();
        Assert.All(["400 days", "7 days", "30 days", "guests that you were", "beats of songs", "held to be false"], held => Assert.Contains(held, privacy, StringComparison.Ordinal));
        Assert.DoesNotContain(visit.Console, line => line.Contains("Content Security Policy", StringComparison.Ordinal) || line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RoomsOpenByButtonsAndByTouch()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        foreach (var (words, room) in new[] { ("Kept works", "#kept"), ("What was that?", "#history"), ("Your data", "#your-data") })
        {
            await page.EvaluateAsync("() => dispatchEvent(new PointerEvent('pointermove', { pointerType: 'mouse' }))");
            await page.Locator("#menu-open").ClickAsync();
            await page.Locator("#menu .menu-item", new() { HasText = words }).ClickAsync();
            await Assertions.Expect(page.Locator(room)).ToBeVisibleAsync();
            await page.Locator($"{room} .room-top button").ClickAsync();
            await Assertions.Expect(page.Locator(room)).ToBeHiddenAsync();
        }

        var devtools = await visit.Browser.NewCDPSessionAsync(page);
        await devtools.SendAsync("Emulation.setTouchEmulationEnabled", new() { ["enabled"] = true });
        foreach (var (to, room) in new[] { (20, "#kept"), (290, "#history"), (150, "#menu") })
        {
            await TouchAsync("touchStart", 150);
            await TouchAsync("touchMove", to);
            if (to == 150)
            {
                // A touch that rests.
                await Assertions.Expect(page.Locator(room)).ToBeVisibleAsync();
            }

            await TouchAsync("touchEnd", null);
            await Assertions.Expect(page.Locator(room)).ToBeVisibleAsync();
            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.Locator(room)).ToBeHiddenAsync();
        }

        async Task TouchAsync(string type, int? y)
        {
            object[] points = y is null ? [] : [new { x = 60, y }];
            await devtools.SendAsync("Input.dispatchTouchEvent", new() { ["type"] = type, ["touchPoints"] = points });
        }
    }

    private static async Task CheckAsync(IPage page, string place)
    {
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('dialog[open]')].every((room) => room.scrollWidth <= room.clientWidth)"), $"{place} is wider than the screen.");
        await ScreenPage.AssertAccessibleAsync(page, place);
    }
}
