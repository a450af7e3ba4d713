using System.Globalization;
using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Screen;

/// <summary>
/// The pictures of <c>docs/screens.md</c>, and the page on a desktop, a telephone, a television and at 4K. Run with <c>-explicit only -class "*ScreenshotTests"</c>;
/// ARTFRESH_SCREENS names another folder.
/// </summary>
public sealed class ScreenshotTests
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("ARTFRESH_SCREENS") ?? Path.Combine(ServerProcess.Repository, "docs", "screens");

    private static readonly (string Name, int Width, int Height, float Scale, bool IsTouched, string[] Screens)[] Devices =
    [
        ("desktop", 1280, 720, 1, false, ["start", "song", "rest"]),
        ("telephone", 390, 844, 2, true, ["start", "song"]),
        ("television", 1920, 1080, 1, false, ["song"]),
        ("4k", 3840, 2160, 1, false, ["song"]),
    ];

    [Fact(Explicit = true)]
    public async Task PageIsPhotographedOnEachDevice()
    {
        Assert.SkipUnless(HouseSongs.Exist, "Debian's fretsonfire-songs-sectoid is not installed");
        Directory.CreateDirectory(Folder);
        await using var visit = await Visit.StartAsync(server =>
        {
            HouseSongs.CopyTo(server);
            return Task.CompletedTask;
        });
        foreach (var (name, width, height, scale, isTouched, screens) in Devices)
        {
            await using var device = await visit.Browser.Browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, DeviceScaleFactor = scale, HasTouch = isTouched });
            var page = await device.NewPageAsync();
            var errors = new List<string>();
            page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [$"{message.Text} {message.Location}"] : []);
            page.PageError += (_, error) => errors.Add(error);

            await page.GotoAsync(visit.Server.Address.ToString());
            await Visit.ShownAsync(page, 1);
            await TakeIfWantedAsync("start");
            await page.Locator(".house-song").First.ClickAsync();
            await page.WaitForFunctionAsync("() => document.querySelector('#song-position').textContent >= '0:12'");
            await WakeAsync(page);
            await TakeIfWantedAsync("song");
            await page.WaitForFunctionAsync("() => document.body.dataset.idle !== undefined");
            await TakeIfWantedAsync("rest");

            Assert.Empty(errors);

            Task TakeIfWantedAsync(string screen) => screens.Contains(screen) ? TakeAsync(page, $"{name}-{screen}") : Task.CompletedTask;
        }

        await PhotographRoomsAsync(visit);
    }

    /// <summary>What a listener keeps, what operators see, and what the page says when the server is gone.</summary>
    private static async Task PhotographRoomsAsync(Visit visit)
    {
        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(1280, 720);
        await page.GotoAsync(visit.Server.Address.ToString());
        await Visit.ShownAsync(page, 1);
        for (var kept = 0; kept < 8; kept++)
        {
            await Visit.NextAsync(page);
            await page.Keyboard.PressAsync("k");
            await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "true");
        }

        await page.Keyboard.PressAsync("w");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('dialog[open] img')].length >= 8 && [...document.querySelectorAll('dialog[open] img')].every((image) => image.complete)");
        await TakeAsync(page, "wall");
        await page.Keyboard.PressAsync("Escape");

        var operators = await visit.Browser.NewPageAsync();
        await operators.SetViewportSizeAsync(1280, 900);
        await operators.GotoAsync(new Uri(visit.Server.Address, $"ops?key={visit.Server.OperatorsKey}").ToString());
        await Assertions.Expect(operators.Locator("#live")).ToHaveTextAsync("live");
        await TakeAsync(operators, "operators");

        await visit.Server.StopAsync();
        await page.BringToFrontAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await page.Keyboard.PressAsync("n");
                return (await page.Locator("#message").InnerTextAsync()).Contains("No connection", StringComparison.Ordinal);
            },
            () => "The page says nothing of its server.");
        await TakeAsync(page, "server-gone");
    }

    private static async Task TakeAsync(IPage page, string name)
    {
        await ScreenPage.SettleAsync(page);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".jpg"), Type = ScreenshotType.Jpeg, Quality = 82 });
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{name}: {new FileInfo(Path.Combine(Folder, name + ".jpg")).Length / 1024} KiB"));
    }

    /// <summary>Brings the controls back.</summary>
    private static async Task WakeAsync(IPage page)
    {
        await page.Mouse.MoveAsync(40, 40);
        await page.Mouse.MoveAsync(60, 60);
    }
}
