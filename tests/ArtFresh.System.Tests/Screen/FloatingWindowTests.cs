using ArtFresh.SystemTests.Journey;
using ArtFresh.SystemTests.Yours;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Screen;

/// <summary>The art in a window of its own above all others (Document Picture-in-Picture), and back.</summary>
public sealed class FloatingWindowTests(Gallery gallery) : IClassFixture<Gallery>
{
    [Fact]
    public async Task ArtGoesOnInItsOwnWindowWhileThePageIsHidden()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await ScreenPage.OpenAsync(visit, 640, 360);
        await page.ClickAsync("#choose-quiet");
        await page.EvaluateAsync("() => document.getElementById('float').click()");
        await page.WaitForFunctionAsync("() => documentPictureInPicture.window?.document.getElementById('wall')");
        await Assertions.Expect(page.Locator("#float")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.WaitForFunctionAsync("() => getComputedStyle(documentPictureInPicture.window.document.getElementById('wall')).position === 'fixed'");

        // As when the listener goes to another tab.
        await HideAsync(page);
        var shown = (await Visit.ShownIdsAsync(page)).Length;
        await page.EvaluateAsync("() => documentPictureInPicture.window.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true }))");
        await Visit.ShownAsync(page, shown + 1);
        await Visit.ShownAsync(page, shown + 2);

        await page.EvaluateAsync("() => documentPictureInPicture.window.close()");
        await page.WaitForFunctionAsync("() => document.getElementById('wall') !== null");
        await Assertions.Expect(page.Locator("#float")).ToHaveAttributeAsync("aria-pressed", "false");
    }

    /// <summary>A page that is hidden gets no frames.</summary>
    private static async Task HideAsync(IPage page) =>
        await page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { get: () => true }); window.requestAnimationFrame = () => 0; }");
}
