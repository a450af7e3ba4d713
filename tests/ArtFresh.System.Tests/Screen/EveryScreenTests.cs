using ArtFresh.SystemTests.Journey;
using ArtFresh.SystemTests.Yours;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Screen;

/// <summary>For people who use the keyboard, a screen reader, a zoom of 400% or their own colours.</summary>
public sealed class EveryScreenTests(Gallery gallery) : IClassFixture<Gallery>
{
    [Theory]
    [InlineData(320, 256)]
    [InlineData(320, 568)]
    [InlineData(390, 844)]
    [InlineData(640, 360)]
    [InlineData(844, 390)]
    [InlineData(1280, 1024)]
    public async Task NothingLiesOverAnother(int width, int height)
    {
        await using var visit = await gallery.VisitAsync();
        var page = await ScreenPage.OpenAsync(visit, width, height);
        await AssertApartAsync(page, "start");
        await ScreenPage.PlayAsync(page);
        await AssertApartAsync(page, "art");
        await ScreenPage.RestAsync(page);
        await AssertApartAsync(page, "art at rest");
    }

    [Theory]
    [InlineData(390, 844)]
    [InlineData(1280, 800)]
    public async Task EveryRoomOfSoundAndTheFarewellAreAccessible(int width, int height)
    {
        await using var visit = await gallery.VisitAsync();
        var page = await ScreenPage.OpenAsync(visit, width, height);
        await page.ClickAsync("#sources-open");
        await Assertions.Expect(page.Locator("#sources[open]")).ToBeVisibleAsync();
        await ScreenPage.AssertAccessibleAsync(page, "sources");
        await page.Keyboard.PressAsync("Escape");
        await ScreenPage.PlayAsync(page);
        await page.Keyboard.PressAsync("q");
        await Assertions.Expect(page.Locator("#songs[open]")).ToBeVisibleAsync();
        await ScreenPage.AssertAccessibleAsync(page, "songs");
        await page.Keyboard.PressAsync("Escape");
        await page.ClickAsync("#finish");
        await Assertions.Expect(page.Locator("#farewell")).ToBeVisibleAsync();
        await ScreenPage.AssertAccessibleAsync(page, "farewell");
    }

    [Fact]
    public async Task ControlsOutOfSightAreThereForTheKeyboardAndScreenReaders()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await ScreenPage.OpenAsync(visit, 640, 360);
        await Visit.NextAsync(page);
        await page.WaitForFunctionAsync("() => document.body.dataset.idle !== undefined");
        await ScreenPage.AssertAccessibleAsync(page, "art at rest");

        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator("#controls :focus, #label :focus")).ToHaveCountAsync(1);
        Assert.True(await page.EvaluateAsync<bool>("() => document.body.dataset.idle === undefined"), "The control with the focus cannot be seen.");
        await page.Locator("#next").FocusAsync();
        await page.WaitForFunctionAsync("() => document.body.dataset.idle !== undefined");
        await Assertions.Expect(page.Locator("#next")).ToBeFocusedAsync();
        var shown = (await Visit.ShownIdsAsync(page)).Length;
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await page.EvaluateAsync<bool>("() => document.body.dataset.idle === undefined"));
        await page.Keyboard.PressAsync("Enter");
        await Visit.ShownAsync(page, shown + 1);
        Assert.Equal(shown + 1, (await Visit.ShownIdsAsync(page)).Length);
    }

    [Fact]
    public async Task ScreenReaderIsToldWhatTheListenerChangesAndNothingElse()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await ScreenPage.OpenAsync(visit, 640, 360);
        await page.ClickAsync("#choose-quiet");
        await page.EvaluateAsync(
            """
            () => {
              window.said = [];
              const live = document.querySelectorAll("[aria-live]:not([aria-live=off]), [role=status], [role=alert]");
              for (const region of live) new MutationObserver(() => window.said.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
            }
            """);
        // Of itself.
        var shown = (await Visit.ShownIdsAsync(page)).Length;
        await Visit.ShownAsync(page, shown + 1);
        await Visit.RestAsync(page);
        Assert.Empty(await page.EvaluateAsync<string[]>("() => window.said"));

        await page.Keyboard.PressAsync("n");
        await page.WaitForFunctionAsync("() => window.said.length > 0");
        Assert.Equal([await page.Locator("#label-title").InnerTextAsync()], await page.EvaluateAsync<string[]>("() => window.said"));
        await page.Keyboard.PressAsync(" ");
        await page.WaitForFunctionAsync("() => window.said.includes('Paused.')");
    }

    [Fact]
    public async Task ArtHoldsStillWhileCalmAndByItselfWhereTheSystemAsksForIt()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.Browser.NewPageAsync();
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.SetViewportSizeAsync(640, 360);
        await page.GotoAsync(visit.Server.Address.ToString());
        await Visit.ShownAsync(page, 1);
        await Visit.NextAsync(page);
        await Assertions.Expect(page.Locator("#calm")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.False(await IsMovingAsync());
        await page.Keyboard.PressAsync("c");
        await Assertions.Expect(page.Locator("#calm")).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.True(await IsMovingAsync());
        await page.EvaluateAsync("() => document.getElementById('calm').click()");
        Assert.False(await IsMovingAsync());

        Task<bool> IsMovingAsync() => page.EvaluateAsync<bool>(
            """
            async () => {
              const frames = async (count) => { for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame); };
              const place = () => [...document.querySelectorAll(".picture-image")].map((image) => image.style.transform).join();
              await frames(4);
              const before = place();
              await frames(40);
              return place() !== before;
            }
            """);
    }

    [Fact]
    public async Task ListenersOwnColoursShowWhatIsPressedAndHowFarASliderIs()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.Browser.NewPageAsync();
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        await page.SetViewportSizeAsync(1024, 768);
        await page.GotoAsync(visit.Server.Address.ToString());
        await Visit.ShownAsync(page, 1);
        await Visit.NextAsync(page);
        await ScreenPage.AssertAccessibleAsync(page, "forced colours");
        Assert.Equal("auto", await page.EvaluateAsync<string>("() => getComputedStyle(document.getElementById('volume')).appearance"));
        const string Ground = "() => getComputedStyle(document.getElementById('calm')).backgroundColor";
        var before = await page.EvaluateAsync<string>(Ground);
        await page.Keyboard.PressAsync("c");
        await ScreenPage.SettleAsync(page);
        Assert.NotEqual(before, await page.EvaluateAsync<string>(Ground));
    }

    private static async Task AssertApartAsync(IPage page, string place)
    {
        await ScreenPage.SettleAsync(page);
        var over = await page.EvaluateAsync<string[]>(
            """
            () => {
              const opacityOf = (element) => (element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1);
              const isSeen = (part) => part.getBoundingClientRect().width > 1 && getComputedStyle(part).visibility === "visible" && opacityOf(part) > 0;
              const parts = [...document.querySelectorAll("main .wordmark, h1, .lede, .choice, .house-songs, .quiet-link, .label-title, .label-details, .controls .wordmark, #tally, .song-name, .song-time, .seek, .mood, .button, .volume .slider")]
                .filter(isSeen)
                .map((part) => ({ name: part.id || part.className || part.tagName, box: part.getBoundingClientRect(), scrolls: part.closest(".start") !== null }));
              const over = [];
              for (const [i, { name, box, scrolls }] of parts.entries()) {
                if (box.left < -0.5 || box.right > innerWidth + 0.5 || (!scrolls && (box.top < -0.5 || box.bottom > innerHeight + 0.5))) over.push(`${name} is off the screen`);
                for (const other of parts.slice(i + 1)) {
                  const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
                  const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
                  if (wide > 1 && high > 1) over.push(`${name} and ${other.name}`);
                }
              }
              return over;
            }
            """);
        Assert.True(over.Length == 0, $"{place}: {string.Join("; ", over)}");
    }
}
