using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Yours;

/// <summary>What a listener does in the player with what they saw: keep it, see it again, save it, share it.</summary>
public sealed class KeptAndShownTests(Gallery gallery) : IClassFixture<Gallery>
{
    [Fact]
    public async Task KeptWorkIsShownAgainOnPurposeAndIsNoRepeat()
    {
        await using var visit = await gallery.VisitAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        var kept = (await Visit.ShownIdsAsync(page))[^1];
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "true");
        await Visit.NextAsync(page);

        await page.Keyboard.PressAsync("w");
        await Assertions.Expect(page.Locator("#kept .work")).ToHaveCountAsync(1);
        await page.Locator("#kept .work-hang").ClickAsync();
        await Visit.ShownAsync(page, 4);
        await page.EvaluateAsync("() => window.artfresh.client.flush()");

        Assert.Equal(kept, (await Visit.ShownIdsAsync(page))[^1]);
        await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "true");
        var revisits = visit.BatchRequests.Select(body => JsonDocument.Parse(body).RootElement).Where(batch => batch.TryGetProperty("revisits", out _));
        Assert.Equal(kept, Assert.Single(Assert.Single(revisits).GetProperty("revisits").EnumerateArray().ToArray()).GetInt64());
        Assert.Equal(0, (await Visit.StatsAsync(page)).GetProperty("repeats").GetInt32());

        // It is the listener's, and not the page's.
        await page.ReloadAsync();
        await Visit.ShownAsync(page, 1);
        await page.Locator("#kept-open").ClickAsync();
        await Assertions.Expect(page.Locator("#kept .work")).ToHaveCountAsync(1);
        await page.Locator("#kept .button-keep").ClickAsync();
        await Assertions.Expect(page.Locator("#message")).ToHaveTextAsync("Not kept any longer.");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("#kept-open").ClickAsync();
        await Assertions.Expect(page.Locator("#kept .room-status")).ToContainTextAsync("Nothing kept yet");
        Assert.DoesNotContain(visit.Console, IsFault);
    }

    [Fact]
    public async Task WithdrawnWorkLeavesTheWallWithTheNextAnswerAndIsNotShownByALink()
    {
        await using var visit = await gallery.VisitAsync();
        await visit.HoldTimersAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        var gone = (await Visit.ShownIdsAsync(page))[^1];
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("#keep")).ToHaveAttributeAsync("aria-pressed", "true");
        using var http = visit.Server.NewOperator();
        using var reason = new StringContent("""{"reason":"a claim"}""", Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri($"api/ops/artworks/{gone}/withdraw", UriKind.Relative), reason, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () =>
            (await http.GetAsync(new Uri($"art/{gone}.png", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode == System.Net.HttpStatusCode.Gone);

        await page.EvaluateAsync("() => window.artfresh.client.flush()");

        await page.WaitForFunctionAsync("gone => ![undefined, gone].includes(window.artfresh.player.changes.slice(-1)[0]?.id) && window.artfresh.player.changes.length === 2", gone);
        await page.Keyboard.PressAsync("w");
        await Assertions.Expect(page.Locator("#kept .room-status")).ToContainTextAsync("Nothing kept yet");
        await page.GotoAsync($"{visit.Server.Address}artwork/{gone}");
        await Assertions.Expect(page.Locator("#message")).ToHaveTextAsync("There is no artwork at this address.");
    }

    [Fact]
    public async Task WhatWasThatListsWhatWasOnTheWallWithTimeAndTitle()
    {
        await using var visit = await gallery.VisitAsync();
        await visit.HoldTimersAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        await Visit.NextAsync(page);
        var title = await page.Locator("#label-title").TextContentAsync();
        // The last is not delivered yet.
        Assert.Equal(3, (await Visit.StatsAsync(page)).GetProperty("unsent").GetInt32());

        await page.Keyboard.PressAsync("h");

        await Assertions.Expect(page.Locator("#history .work")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#history .work-title").First).ToHaveTextAsync(title!);
        await Assertions.Expect(page.Locator("#history .work-details").First).ToContainTextAsync("just now");
        Assert.Equal(3, (await page.Locator("#history .work-title").AllTextContentsAsync()).Distinct().Count());
        await page.Locator("#history .button-keep").Last.ClickAsync();
        await Assertions.Expect(page.Locator("#message")).ToHaveTextAsync("Kept.");
    }

    [Fact]
    public async Task SavedPictureIsLargeAndSaysWhatMadeIt()
    {
        await using var visit = await gallery.VisitAsync();
        await visit.Browser.AddInitScriptAsync("const make = URL.createObjectURL; URL.createObjectURL = (file) => { window.saved = file; return make(file); };");
        var page = await visit.OpenAsync();
        var id = (await Visit.ShownIdsAsync(page))[^1];

        var download = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("s"));

        Assert.StartsWith($"artfresh-{id}-", download.SuggestedFilename, StringComparison.Ordinal);
        var file = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(2048u, BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(16)));
        Assert.Equal(2048u, BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(20)));
        var texts = Encoding.UTF8.GetString(file.AsSpan(0, 4096));
        Assert.Contains("Generator: neural; Genome: 1-", texts, StringComparison.Ordinal);
        Assert.Contains($"<dc:source>{visit.Server.Address}artwork/{id}</dc:source>", texts, StringComparison.Ordinal);
        // It is the picture that the server draws.
        var difference = await page.EvaluateAsync<double>(
            """
            async (id) => {
              const thumbnail = async (file) => {
                const picture = await createImageBitmap(file, { resizeWidth: 32, resizeHeight: 32, resizeQuality: "high" });
                const context = new OffscreenCanvas(32, 32).getContext("2d");
                context.drawImage(picture, 0, 0);
                return context.getImageData(0, 0, 32, 32).data;
              };
              const [saved, served] = [await thumbnail(window.saved), await thumbnail(await (await fetch(`/art/${id}.png?width=256`)).blob())];
              return saved.reduce((sum, value, i) => sum + Math.abs(value - served[i]), 0) / saved.length;
            }
            """,
            id);
        Assert.True(difference < 4, $"It differs by {difference} of 255.");
    }

    [Fact]
    public async Task SharedLinkShowsTheArtworkAndItIsNeverServedToWhoHasSeenItSo()
    {
        await using var visit = await gallery.VisitAsync();
        await visit.Browser.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var page = await visit.OpenAsync();
        // Not one of the first: a new guest opens with those, and would see it as their own first and then by the link.
        for (var i = 0; i < 6; i++)
        {
            await Visit.NextAsync(page);
        }

        var id = (await Visit.ShownIdsAsync(page))[^1];
        var title = await page.Locator("#label-title").TextContentAsync();
        await page.Keyboard.PressAsync("l");
        await Assertions.Expect(page.Locator("#message")).ToHaveTextAsync("The link is copied.");
        var link = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Equal($"{visit.Server.Address}artwork/{id}", link);

        await using var friend = await gallery.VisitAsync();
        var seen = await friend.Browser.NewPageAsync();
        await seen.SetViewportSizeAsync(640, 360);
        await seen.GotoAsync(link);
        await seen.WaitForFunctionAsync("id => window.artfresh?.player.changes.some((change) => change.id === id)", id);
        await Assertions.Expect(seen.Locator("#label-title")).ToHaveTextAsync(title!);
        await Assertions.Expect(seen.Locator("#message")).ToContainTextAsync("Shared with you");
        for (var i = 0; i < 6; i++)
        {
            await Visit.NextAsync(seen);
        }

        await seen.EvaluateAsync("() => window.artfresh.client.flush()");
        var shown = await Visit.ShownIdsAsync(seen);
        Assert.Equal(shown.Length, shown.Distinct().Count());
        // Whether the server had set it aside for the friend or not, it is spent.
        var session = Guid.Parse(await seen.EvaluateAsync<string>("() => window.artfresh.client.session.sessionId"));
        await Eventually.TrueAsync(() => friend.Ledger.Impressions().Count(impression => impression.Session == session) >= shown.Length);
        Assert.Single(friend.Ledger.Impressions(), impression => impression.Session == session && impression.ArtworkId == id);
        Assert.Equal("/", new Uri(seen.Url).AbsolutePath);
    }

    private static bool IsFault(string line) => line.Contains("Content Security Policy", StringComparison.Ordinal) || line.StartsWith("uncaught", StringComparison.Ordinal);
}
