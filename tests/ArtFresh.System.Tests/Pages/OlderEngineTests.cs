using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Pages;

/// <summary>The player in an engine of the floor: see <see cref="OlderEngine"/>.</summary>
public sealed class OlderEngineTests
{
    /// <summary>The light of the wall, read in the frame that draws it: 0 for a blank one.</summary>
    private const string Light = """
        () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
          const small = document.createElement("canvas");
          small.width = small.height = 16;
          const context = small.getContext("2d");
          const shown = document.querySelector("#pictures img") ?? document.getElementById("canvas");
          context.drawImage(shown, 0, 0, 16, 16);
          resolve([...context.getImageData(0, 0, 16, 16).data].reduce((sum, value, i) => sum + (i % 4 < 3 ? value : 0), 0));
        })))
        """;

    [Theory]
    [InlineData("here")]
    [InlineData("pictures")]
    public async Task ShowsArtAndIsControlledByArrowKeys(string draw)
    {
        await using var visit = await Visit.StartAsync();
        var page = await visit.OpenAsync($"?draw={draw}");
        Assert.False(await page.EvaluateAsync<bool>("() => 'at' in Array.prototype || 'checkVisibility' in document.body"));
        await page.Keyboard.PressAsync("ArrowDown");
        var first = await page.EvaluateAsync<string>("() => document.activeElement.id");
        await page.Keyboard.PressAsync("ArrowDown");
        var second = await page.EvaluateAsync<string>("() => document.activeElement.id || document.activeElement.className");

        await Visit.NextAsync(page);

        Assert.NotEqual("", first);
        Assert.NotEqual(first, second);
        Assert.NotEqual(0, await page.EvaluateAsync<int>(Light));
        Assert.DoesNotContain(visit.Console, line => line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ArtThatCannotBeDrawnIsShownAsPicturesAndOnlyWhatIsShownIsRecorded()
    {
        await using var visit = await Visit.StartAsync();
        await visit.Browser.AddInitScriptAsync("WebGL2RenderingContext.prototype.drawArrays = () => { throw new Error('no drawing'); };");
        // Nothing can be shown either until there are pictures.
        await visit.Browser.RouteAsync("**/art/*", route => route.AbortAsync());
        var page = await visit.Browser.NewPageAsync();
        await page.GotoAsync(new Uri(visit.Server.Address, "?draw=here").ToString());
        await Eventually.TrueAsync(() => visit.Console.Any(line => line.Contains("showing pictures", StringComparison.Ordinal)));
        Assert.Equal(0, (await Visit.StatsAsync(page)).GetProperty("displayed").GetInt32());

        await visit.Browser.UnrouteAllAsync();
        await page.ReloadAsync();
        await Visit.ShownAsync(page, 1);

        Assert.NotEqual(0, await page.EvaluateAsync<int>(Light));
        Assert.Equal(1, (await Visit.StatsAsync(page)).GetProperty("displayed").GetInt32());
        Assert.True(await page.Locator("#canvas").IsHiddenAsync());
    }
}
