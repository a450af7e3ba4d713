using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Journey;

public sealed partial class JourneyTests
{
    [Fact]
    public async Task InitialLoadShowsArtAndItsImpressionsArriveInOneBatch()
    {
        await using var visit = await Visit.StartAsync();
        await visit.HoldTimersAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        await Visit.NextAsync(page);
        await page.EvaluateAsync("() => window.artfresh.client.flush()");

        var shown = await Visit.ShownIdsAsync(page);
        var impressions = await visit.Ledger.HoldsAsync(3);

        Assert.Equal(shown, impressions.Select(impression => impression.ArtworkId));
        Assert.Equal([1L, 2, 3], impressions.Select(impression => impression.Number));
        Assert.Equal(1, visit.Ledger.Count("select count(*) from impression_batch"));
        // What goes as it should is not for the console.
        Assert.DoesNotContain(visit.Console, line => line.Contains("[Impressions]", StringComparison.Ordinal));
        Assert.DoesNotContain(visit.Console, line => line.Contains("Content Security Policy", StringComparison.Ordinal) || line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EmptyPoolGivesArtAtOnceAndThePageReportsHowLongItTook()
    {
        await using var visit = await Visit.StartAsync();
        await visit.HoldTimersAsync();
        Assert.Equal(0, visit.Ledger.Count("select count(*) from artwork"));

        var page = await visit.OpenAsync();
        // The page counts from its navigation, and the server believes no display longer than since it served the artwork: on a slow machine both take seconds.
        await page.WaitForFunctionAsync("() => performance.now() > 2 * performance.getEntriesByName('artfresh-first-art')[0].duration");
        await page.EvaluateAsync("() => window.artfresh.client.flush()");

        var firstArt = await page.EvaluateAsync<double>("() => performance.getEntriesByName('artfresh-first-art')[0].duration");
        var impression = (await visit.Ledger.HoldsAsync(1))[0];
        using var report = JsonDocument.Parse(impression.Report);
        Assert.Equal(Math.Round(firstArt), report.RootElement.GetProperty("DisplayMs")[0].GetInt32(), tolerance: 1.0);
        TestContext.Current.SendDiagnosticMessage($"first art after {firstArt:0} ms");
    }

    [Fact]
    public async Task HardRefreshTakesTheNewBuildAndLosesAndRepeatsNothing()
    {
        await using var visit = await Visit.StartAsync();
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        var before = await Visit.ShownIdsAsync(page);
        var answer = await page.APIRequest.GetAsync(visit.Server.Address.ToString());
        Assert.Equal("no-cache", answer.Headers["cache-control"]);
        Assert.Contains(await page.Locator("script[src]").EvaluateAllAsync<string[]>("tags => tags.map(tag => tag.src)"), IsHashed);

        using var made = NewBuild.Make();
        await page.ReloadAsync();
        await Visit.ShownAsync(page, 1);
        await Visit.NextAsync(page);
        await page.EvaluateAsync("() => window.artfresh.client.flush()");

        Assert.Contains(NewBuild.Bundle, await page.Locator("script[src]").First.GetAttributeAsync("src"), StringComparison.Ordinal);
        var after = await Visit.ShownIdsAsync(page);
        var impressions = await visit.Ledger.HoldsAsync(4);
        Assert.Equal(before.Concat(after).Order(), impressions.Select(impression => impression.ArtworkId).Order());
        Assert.Equal(4, before.Concat(after).Distinct().Count());
        Assert.All(impressions, impression => Assert.Equal(ImpressionOutcome.Recorded, impression.Outcome));
    }

    [Fact]
    public async Task ClosedTabDeliversItsImpressionsThoughItIsGone()
    {
        await using var visit = await Visit.StartAsync();
        await visit.HoldTimersAsync();
        var other = await visit.Browser.NewPageAsync();
        await other.GotoAsync("about:blank");
        var page = await visit.OpenAsync();
        await Visit.NextAsync(page);
        var shown = await Visit.ShownIdsAsync(page);
        Assert.Equal(2, (await Visit.StatsAsync(page)).GetProperty("unsent").GetInt32());

        await page.CloseAsync(new() { RunBeforeUnload = true });

        var impressions = await visit.Ledger.HoldsAsync(2);
        Assert.Equal(shown, impressions.Select(impression => impression.ArtworkId));
        Assert.All(impressions, impression => Assert.Contains("\"keepalive\"", impression.Report, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ManyImpressionsAtOnceLeaveAsThreeRequestsAndAFlickerIsSkipped()
    {
        await using var visit = await Visit.StartAsync();
        var page = await visit.OpenAsync();
        await page.EvaluateAsync("() => window.artfresh.client.flush()");
        var requestsBefore = visit.BatchRequests.Count;

        await page.EvaluateAsync("""
            async () => {
              const { client } = window.artfresh;
              const art = [];
              while (art.length < 450) art.push(...await client.fresh({ count: 50 }));
              for (const { id } of art.slice(0, 450)) client.impression(id);
              client.impression(art[7].id);
              await client.flush();
            }
            """);

        var impressions = await visit.Ledger.HoldsAsync(451);
        Assert.Equal(451, impressions.Count);
        Assert.Equal(451, impressions.Select(impression => impression.ArtworkId).Distinct().Count());
        Assert.Equal([200, 200, 50], visit.BatchRequests.Skip(requestsBefore).Select(body => JsonDocument.Parse(body).RootElement.GetProperty("artworkIds").GetArrayLength()));
        Assert.Single(visit.Console, line => line.Contains("[FlickerFix]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LegacyQueryIsAllZerosWhereItMustBe()
    {
        await using var visit = await Visit.StartAsync();
        var page = await visit.OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            await Visit.NextAsync(page);
        }

        await page.ReloadAsync();
        await Visit.ShownAsync(page, 1);
        await page.EvaluateAsync("() => window.artfresh.client.flush()");
        await visit.Ledger.HoldsAsync(6);

        using var listener = new HttpListenerClient(visit.Server.Address);
        await listener.SignInAsync();
        using var operatorClient = visit.Server.NewOperator();
        var legacy = await operatorClient.GetFromJsonAsync<JsonElement>("api/ops/legacy", TestContext.Current.CancellationToken);
        Assert.Equal(0, legacy.GetProperty("impressionsWithoutViewedAt").GetInt64());
        Assert.Equal(0, legacy.GetProperty("repeatedServes").GetInt64());
        Assert.Equal(0, legacy.GetProperty("repeats").GetInt64());
        Assert.Equal(6, legacy.GetProperty("viewed").GetInt64());
        foreach (var impression in visit.Ledger.Impressions())
        {
            Assert.NotEqual(JsonValueKind.Null, (await listener.GetAsync($"api/artworks/{impression.ArtworkId}")).GetProperty("viewedAt").ValueKind);
        }
    }

    [Fact]
    public async Task PageDrawsTheArtItselfWhereItMay()
    {
        await using var visit = await Visit.StartAsync();
        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(320, 240);
        await page.GotoAsync(new Uri(visit.Server.Address, "?draw=here").ToString());
        await Visit.ShownAsync(page, 1);

        Assert.False(await page.Locator("#canvas").EvaluateAsync<bool>("canvas => canvas.hidden"));
        Assert.DoesNotContain(visit.Console, line => line.Contains("shader", StringComparison.Ordinal) || line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutANetworkThePageMakesItsOwnArtAndAllOfItIsInTheLedgerAfterwards()
    {
        await using var visit = await Visit.StartAsync();
        var page = await visit.Browser.NewPageAsync();
        await page.SetViewportSizeAsync(320, 240);
        await page.GotoAsync(new Uri(visit.Server.Address, "?draw=here").ToString());
        await Visit.ShownAsync(page, 1);
        await Visit.NextAsync(page);

        await visit.Browser.SetOfflineAsync(true);
        while ((await Visit.ShownIdsAsync(page)).Count(id => id < 0) < 3)
        {
            await Visit.NextAsync(page);
        }

        await visit.Browser.SetOfflineAsync(false);
        await page.EvaluateAsync("() => window.artfresh.client.flush()");
        var shown = await Visit.ShownIdsAsync(page);
        var impressions = await visit.Ledger.HoldsAsync(shown.Length);

        var made = visit.Ledger.GenomeIds();
        Assert.All(impressions, impression => Assert.Equal(ImpressionOutcome.Recorded, impression.Outcome));
        Assert.Equal(shown.Count(id => id < 0), made.Count);
        Assert.Equal(made.Values.Concat(shown.Where(id => id > 0)).Order(), impressions.Select(impression => impression.ArtworkId).Order());
        Assert.DoesNotContain(visit.Console, line => line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    private static bool IsHashed(string address) => Hashed().IsMatch(address);

    [GeneratedRegex(@"/assets/.+-[\w-]{8}\.js$")]
    private static partial Regex Hashed();
}
