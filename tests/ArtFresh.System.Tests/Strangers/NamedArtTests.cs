using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Strangers;

/// <summary>Over HTTP: what a client says of artworks changes nothing for others, and no figure of its release.</summary>
public sealed class NamedArtTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ArtworkSentTwiceInABatchFailsNoReleaseAndNoVerification()
    {
        await using var server = await StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync("r1");
        var artwork = (await listener.FreshAsync(session, 1, 0.5, 0.5))[0];

        var answer = await listener.PostForAnswerAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, [artwork, artwork]));

        Assert.Equal(new PostedAnswer(1, 0, 1), answer);
        await Eventually.TrueAsync(async () => Numerator(await AskAsync(server, "api/ops/kpis?release=r1"), "repeats") == 1);
        await AssertHealthyAsync(server);
    }

    [Fact]
    public async Task IdsThatWereNeverServedToTheListenerLeaveNoTrace()
    {
        await using var server = await StartAsync();
        using var honest = new HttpListenerClient(server.Address);
        await honest.SignInAsync();
        var honestSession = await honest.OpenAsync("r1");
        var theirs = new List<long>();
        while (theirs.Count < 150)
        {
            theirs.AddRange(await honest.FreshAsync(honestSession, 50, 0.5, 0.5));
        }

        using var stranger = new HttpListenerClient(server.Address);
        await stranger.SignInAsync();
        var session = await stranger.OpenAsync("r1");
        long[] named = [.. theirs.Order()];
        var batch = new PostedBatch(session, Guid.CreateVersion7(), 1, named);
        var answer = await stranger.PostForAnswerAsync(batch);
        var retry = await stranger.PostForAnswerAsync(batch);
        var single = await stranger.PostSingleAsync(session, named[0], 153);
        var unnumbered = await stranger.PostSingleAsync(session, named[1]);
        await stranger.EndAsync(session, named);

        Assert.Equal(new PostedAnswer(0, 0, 0, named.Length), answer);
        Assert.Equal(answer, retry);
        Assert.Equal((new PostedAnswer(0, 0, 0, 1), new PostedAnswer(0, 0, 0, 1)), (single, unnumbered));
        Assert.Equal(0, server.Ledger.Count("select count(*) from artwork where viewed_at is not null"));
        var descriptor = await stranger.GetAsync($"api/artworks/{named[0]}");
        Assert.Equal((JsonValueKind.Null, 0), (descriptor.GetProperty("viewedAt").ValueKind, descriptor.GetProperty("viewCount").GetInt64()));

        // Spent for the stranger, and for nobody else.
        var next = await stranger.OpenAsync("r1");
        var served = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            served.AddRange(await stranger.FreshAsync(next, 50, 0.5, 0.5));
        }

        Assert.Empty(served.Intersect(named));
        var mine = theirs.Intersect(named).ToArray();
        Assert.Equal(new PostedAnswer(mine.Length, 0, 0), await honest.PostForAnswerAsync(new PostedBatch(honestSession, Guid.CreateVersion7(), 1, mine)));
        Assert.Equal(mine.Length, server.Ledger.Count("select count(*) from artwork where viewed_at is not null"));
        await Eventually.TrueAsync(async () => await AskAsync(server, "api/ops/kpis?release=r1") is var kpis
            && (Denominator(kpis, "legacy"), Denominator(kpis, "duplicates")) == (mine.Length, mine.Length));
        await AssertHealthyAsync(server);
    }

    /// <summary>An honest mistake: a page with two clients, each with a session of its own, hands what one was served to the other.</summary>
    [Fact]
    public async Task TwoClientsOnAPageRecordEachArtworkOnceWhicheverReportsIt()
    {
        await using var server = await StartAsync();
        using var page = new HttpListenerClient(server.Address);
        await page.SignInAsync();
        var one = await page.OpenAsync("r1");
        var other = await page.OpenAsync("r1");
        var ids = await page.FreshAsync(one, 10, 0.5, 0.5);

        var first = await page.PostForAnswerAsync(new PostedBatch(other, Guid.CreateVersion7(), 1, ids));
        var second = await page.PostForAnswerAsync(new PostedBatch(one, Guid.CreateVersion7(), 1, ids));

        Assert.Equal((new PostedAnswer(10, 0, 0), new PostedAnswer(0, 0, 10)), (first, second));
        await Eventually.TrueAsync(async () => Numerator(await AskAsync(server, "api/ops/kpis?release=r1"), "repeats") == 10);
        await AssertHealthyAsync(server);
    }

    private static async Task<ServerProcess> StartAsync()
    {
        var server = new ServerProcess("--ArtFresh:Watch:Action", "single", "--ArtFresh:Watch:Interval", "00:00:01");
        await server.StartAsync();
        return server;
    }

    /// <summary>After the watch has judged all that was counted.</summary>
    private static async Task AssertHealthyAsync(ServerProcess server)
    {
        await Eventually.TrueAsync(async () => Release(await AskAsync(server, "api/ops/releases")) is { ValueKind: JsonValueKind.Object } release
            && release.GetProperty("triggers").EnumerateArray().Any(trigger => trigger.GetProperty("name").GetString() == "servedTwice" && trigger.GetProperty("samples").GetInt64() > 0));
        var judged = Release(await AskAsync(server, "api/ops/releases"));
        Assert.Equal(("inconclusive", "batch"), (judged.GetProperty("verdict").GetString(), judged.GetProperty("delivery").GetString()));
        var legacy = await AskAsync(server, "api/ops/legacy");
        Assert.Equal((0, 0), (legacy.GetProperty("impressionsWithoutViewedAt").GetInt64(), legacy.GetProperty("repeatedServes").GetInt64()));
        var (exitCode, printed) = await server.CommandAsync("verify");
        Assert.True(exitCode == 0, printed);
        Assert.DoesNotContain("[Violation]", server.Log, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> AskAsync(ServerProcess server, string path)
    {
        using var operators = server.NewOperator();
        return await operators.GetFromJsonAsync<JsonElement>(path, Stop);
    }

    private static JsonElement Release(JsonElement releases) =>
        releases.EnumerateArray().FirstOrDefault(release => release.GetProperty("release").GetString() == "r1");

    private static long Numerator(JsonElement kpis, string name) => Figure(kpis, name).GetProperty("numerator").GetInt64();

    private static long Denominator(JsonElement kpis, string name) => Figure(kpis, name).GetProperty("denominator").GetInt64();

    private static JsonElement Figure(JsonElement kpis, string name) =>
        kpis.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("name").GetString() == name);
}
