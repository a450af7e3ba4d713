using System.Text.Json;
using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Screen;

/// <summary>The player's page in a state in which it is looked at.</summary>
internal static class ScreenPage
{
    public const string LongTitle = "Concerto for an unusually long Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen in nine movements, of which this is the first";

    private static readonly string AxeScript = Path.Combine(ServerProcess.Repository, "src", "node_modules", "axe-core", "axe.min.js");

    /// <summary>One white pixel: what is hardest to read light words over.</summary>
    private static readonly byte[] White = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC");

    /// <summary>Opens the page at a size, on the start screen; its art is white where that is asked for.</summary>
    public static async Task<IPage> OpenAsync(Visit visit, int width, int height, bool isWhite = false)
    {
        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(width, height);
        if (isWhite)
        {
            await page.RouteAsync("**/art/*.png*", route => route.FulfillAsync(new() { ContentType = "image/png", BodyBytes = White }));
        }

        await page.GotoAsync(visit.Server.Address.ToString());
        await Visit.ShownAsync(page, 1);
        return page;
    }

    /// <summary>Goes on to the art, as if a song with a long name played, which stays as it is.</summary>
    public static async Task PlayAsync(IPage page)
    {
        await Visit.NextAsync(page);
        await page.Keyboard.PressAsync(" ");
        await page.EvaluateAsync(
            """
            (title) => {
              document.body.dataset.sound = "song";
              for (const id of ["song-title", "song-artist", "label-title"]) document.getElementById(id).textContent = title;
              document.getElementById("mood-word").textContent = "exuberant";
              document.body.dataset.label = "";
            }
            """,
            LongTitle);
        await SettleAsync(page);
    }

    /// <summary>Hides the controls, as after some seconds without input.</summary>
    public static async Task RestAsync(IPage page)
    {
        await page.EvaluateAsync("() => { document.body.dataset.idle = ''; document.body.dataset.label = ''; }");
        await SettleAsync(page);
    }

    public static Task SettleAsync(IPage page) =>
        page.EvaluateAsync("async () => { for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); await Promise.all(document.getAnimations().map((fade) => fade.finished.catch(() => {}))); }");

    public static async Task AssertAccessibleAsync(IPage page, string place)
    {
        await SettleAsync(page);
        await page.EvaluateAsync(await File.ReadAllTextAsync(AxeScript));
        var violations = await page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]) }))");
        Assert.True(violations.GetArrayLength() == 0, $"{place}: {violations}");
    }
}
