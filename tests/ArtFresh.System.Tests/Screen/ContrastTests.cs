using ArtFresh.SystemTests.Yours;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Screen;

/// <summary>WCAG 1.4.3 and 1.4.11: words and signs are read over any art, the whitest too.</summary>
public sealed class ContrastTests(Gallery gallery) : IClassFixture<Gallery>
{
    private const int LooksMax = 10;

    /// <summary>Where words and signs are, and in which colour.</summary>
    private const string Find = """
        () => {
          document.adoptedStyleSheets = [];
          const isSeen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible" && opacityOf(element) > 0;
          const opacityOf = (element) => (element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1);
          const found = [];
          const note = (element, box, least) => {
            let [left, top, right, bottom] = [Math.max(0, box.left), Math.max(0, box.top), Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
            // What is cut off is not read.
            for (let around = element; around; around = around.parentElement) {
              if (getComputedStyle(around).overflow === "visible") continue;
              const cut = around.getBoundingClientRect();
              [left, top, right, bottom] = [Math.max(left, cut.left), Math.max(top, cut.top), Math.min(right, cut.right), Math.min(bottom, cut.bottom)];
            }
            if (right - left < 2 || bottom - top < 2 || element.closest("#caption, #message, .drop")) return;
            const [red, green, blue, alpha = 1] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
            found.push({ words: (element.textContent || element.closest("button")?.id).trim().slice(0, 24), left, top, right, bottom, colour: [red, green, blue], alpha: alpha * opacityOf(element), least });
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !isSeen(element) || element.closest("script, noscript, style, button:disabled")) continue;
            const { fontSize, fontWeight } = getComputedStyle(element);
            const size = Number.parseFloat(fontSize);
            const range = document.createRange();
            range.selectNodeContents(walker.currentNode);
            for (const box of range.getClientRects()) note(element, box, size >= 24 || (size >= 18.6 && fontWeight >= 700) ? 3 : 4.5);
          }
          for (const sign of document.querySelectorAll("button:not(:disabled) svg")) if (isSeen(sign)) note(sign, sign.getBoundingClientRect(), 3);
          const blank = new CSSStyleSheet();
          blank.replaceSync("*, ::before { color: transparent !important; text-shadow: none !important; text-decoration-color: transparent !important; transition: none !important; }");
          document.adoptedStyleSheets = [blank];
          return JSON.stringify(found);
        }
        """;

    /// <summary>Each that is under its contrast on the worst pixel behind it.</summary>
    private const string Judge = """
        async ([screenshot, found]) => {
          document.adoptedStyleSheets = [];
          const bytes = Uint8Array.from(atob(screenshot), (byte) => byte.charCodeAt(0));
          const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
          const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
          context.drawImage(picture, 0, 0);
          const linear = (level) => (level <= 10.31475 ? level / 3294.6 : ((level / 255 + 0.055) / 1.055) ** 2.4);
          const luminance = (colour) => 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
          const failures = [];
          for (const { words, left, top, right, bottom, colour, alpha, least } of JSON.parse(found)) {
            const [x, y] = [Math.floor(left), Math.floor(top)];
            const { data } = context.getImageData(x, y, Math.max(1, Math.floor(right) - x), Math.max(1, Math.floor(bottom) - y));
            let worst = 21;
            for (let i = 0; i < data.length; i += 4) {
              const ground = [data[i], data[i + 1], data[i + 2]];
              const ink = luminance(colour.map((part, c) => part * alpha + ground[c] * (1 - alpha)));
              const behind = luminance(ground);
              worst = Math.min(worst, (Math.max(ink, behind) + 0.05) / (Math.min(ink, behind) + 0.05));
            }
            if (worst < least) failures.push(`${words} has ${worst.toFixed(2)} of ${least}`);
          }
          return failures;
        }
        """;

    [Theory]
    [InlineData(390, 844)]
    [InlineData(320, 568)]
    [InlineData(844, 390)]
    [InlineData(1024, 768)]
    [InlineData(1440, 900)]
    [InlineData(3840, 2160)]
    public async Task AllIsReadOverWhiteArt(int width, int height)
    {
        await using var visit = await gallery.VisitAsync();
        var page = await ScreenPage.OpenAsync(visit, width, height, isWhite: true);
        await ScreenPage.SettleAsync(page);
        await AssertReadAsync(page, "start");
        await ScreenPage.PlayAsync(page);
        await AssertReadAsync(page, "art");
        await ScreenPage.RestAsync(page);
        await AssertReadAsync(page, "art at rest");
    }

    private static async Task AssertReadAsync(IPage page, string place)
    {
        // The page goes on meanwhile: what fades in or out between two looks is not what the screenshot has.
        string found, again, screenshot;
        var looks = 0;
        do
        {
            found = await page.EvaluateAsync<string>(Find);
            await ScreenPage.SettleAsync(page);
            screenshot = Convert.ToBase64String(await page.ScreenshotAsync(new() { Caret = ScreenshotCaret.Hide }));
            await page.EvaluateAsync("() => { document.adoptedStyleSheets = []; }");
            await ScreenPage.SettleAsync(page);
            again = await page.EvaluateAsync<string>(Find);
        }
        while (found != again && ++looks < LooksMax);

        var failures = await page.EvaluateAsync<string[]>(Judge, new object[] { screenshot, found });
        Assert.True(failures.Length == 0, $"{place}: {string.Join("; ", failures)}");
    }
}
