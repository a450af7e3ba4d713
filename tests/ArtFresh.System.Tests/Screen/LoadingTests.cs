using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using ArtFresh.SystemTests.Journey;
using ArtFresh.SystemTests.Yours;
using Xunit;

namespace ArtFresh.SystemTests.Screen;

public sealed partial class LoadingTests(Gallery gallery) : IClassFixture<Gallery>
{
    /// <summary>A good score of Cumulative Layout Shift is up to 0.1.</summary>
    private const double ShiftMax = 0.05;

    private static readonly string Songs = string.Join(',', Enumerable.Range(1, 6).Select(i => $$"""{"id":"{{i}}","title":"Song {{i}}","artist":"Somebody","url":"/music/{{i}}.ogg","durationSeconds":null}"""));

    [Theory]
    [InlineData(390, 844)]
    [InlineData(1440, 900)]
    public async Task NothingJumpsAsTheSongsComeIn(int width, int height)
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(width, height);
        var answer = new TaskCompletionSource();
        await page.RouteAsync("**/api/music", async route =>
        {
            await answer.Task;
            await route.FulfillAsync(new() { ContentType = "application/json", Body = $$"""{"songs":[{{Songs}}]}""" });
        });
        await page.AddInitScriptAsync("globalThis.shift = 0; new PerformanceObserver((list) => { for (const { value } of list.getEntries()) globalThis.shift += value; }).observe({ type: 'layout-shift', buffered: true });");
        await page.GotoAsync(visit.Server.Address.ToString());
        await Visit.ShownAsync(page, 1);
        await ScreenPage.SettleAsync(page);
        answer.SetResult();
        await page.Locator(".house-song").Last.WaitForAsync();
        await ScreenPage.SettleAsync(page);

        var shift = await page.EvaluateAsync<double>("() => globalThis.shift");
        Assert.True(shift <= ShiftMax, $"The layout shifts by {shift:0.000}.");
    }

    [Fact]
    public async Task EachPictureIsFetchedInOneSizeButTheFirstWhichComesSmallAtOnce()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.Browser.NewPageAsync();
        var fetched = new ConcurrentQueue<string>();
        // One that a busy server refuses is asked for again.
        page.Response += (_, response) =>
        {
            if (response.Ok && PictureId().Match(response.Url) is { Success: true } match)
            {
                fetched.Enqueue(match.Groups[1].Value);
            }
        };
        await page.SetViewportSizeAsync(640, 360);
        await page.GotoAsync(visit.Server.Address.ToString());
        await Visit.ShownAsync(page, 1);
        var first = (await Visit.ShownIdsAsync(page))[0];
        for (var i = 0; i < 5; i++)
        {
            await Visit.NextAsync(page);
        }

        var twice = fetched.CountBy(id => id).Where(of => of.Value > 1).Select(of => of.Key).ToArray();
        Assert.True(twice.All(id => id == first.ToString(System.Globalization.CultureInfo.InvariantCulture)), $"fetched again: {string.Join(", ", twice)}");
    }

    [GeneratedRegex(@"/art/(\d+)\.png")]
    private static partial Regex PictureId();
}
