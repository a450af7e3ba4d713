using System.Net;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

public sealed class ArtworksTests
{
    private const ulong Home = NetworkTests.LoopbackHash;

    [Fact]
    public async Task FreshArtHasAllThatAClientNeeds()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var answer = await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=1&valence=0.25&energy=1&requestId=r-1");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal(
            """{"artworks":[{"id":1,"imageUrl":"/art/1.png","genome":"genome-1","mood":{"valence":0.25,"energy":1},"createdAt":"2026-03-04T05:06:07Z","generator":"neural","title":"Title 1","author":null,"digitalSourceType":"algorithmicMedia"}]}""",
            await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal([new FreshRequest(1, new Mood(0.25, 1), "r-1", Home)], front.Cluster.OnlySession.Wishes);
    }

    [Fact]
    public async Task FreshArtDefaultsToTenArtworksOfTheMiddleMood()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var answer = await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId:N}");
        Assert.Equal(10, (await answer.JsonAsync()).GetProperty("artworks").GetArrayLength());
        Assert.Equal([new FreshRequest(10, Mood.Neutral, null, Home)], front.Cluster.OnlySession.Wishes);
    }

    [Theory]
    [InlineData("count=0", "count")]
    [InlineData("count=51", "count")]
    [InlineData("count=-1", "count")]
    [InlineData("count=1.5", "count")]
    [InlineData("count=ten", "count")]
    [InlineData("count=", "count")]
    [InlineData("count=1&count=2", "count")]
    [InlineData("count=99999999999", "count")]
    [InlineData("valence=-0.1", "valence")]
    [InlineData("valence=1.1", "valence")]
    [InlineData("valence=NaN", "valence")]
    [InlineData("valence=glad", "valence")]
    [InlineData("energy=Infinity", "energy")]
    [InlineData("energy=2", "energy")]
    [InlineData("requestId=", "requestId")]
    [InlineData("requestId=12345678901234567890123456789012345678901234567890123456789012345", "requestId")]
    public async Task InvalidQueryIsRefusedWithItsField(string query, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&{query}").AssertProblemAsync(400, "invalid_request", field);
        Assert.Empty(front.Cluster.OnlySession.Wishes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?sessionId=")]
    [InlineData("?sessionId=mine")]
    public async Task FreshArtNeedsASession(string query)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.FetchAsync($"/api/artworks/fresh{query}").AssertProblemAsync(400, "invalid_request", "sessionId");
    }

    [Theory]
    [InlineData(SessionOutcome.SessionNotFound, 404, "session_not_found")]
    [InlineData(SessionOutcome.SessionEnded, 409, "session_ended")]
    [InlineData(SessionOutcome.Unavailable, 503, "unavailable")]
    [InlineData((SessionOutcome)77, 503, "unavailable")]
    public async Task OutcomesOfFreshArtAreMapped(SessionOutcome outcome, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        front.Cluster.Forced = outcome;
        await client.FetchAsync($"/api/artworks/fresh?sessionId={Guid.CreateVersion7()}").AssertProblemAsync(status, code);
    }

    [Fact]
    public async Task ArtworkIsDescribedWithItsViews()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var seen = await client.FetchAsync("/api/artworks/7");
        Assert.Equal(
            """{"viewedAt":"2026-03-04T06:06:07Z","viewCount":3,"lastViewedAt":"2026-03-04T07:06:07Z","state":"live","id":7,"imageUrl":"/art/7.png","genome":"genome-7","mood":{"valence":0.5,"energy":0.5},"createdAt":"2026-03-04T05:06:07Z","generator":"neural","title":"Title 7","author":null,"digitalSourceType":"algorithmicMedia"}""",
            await seen.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        var unseen = await (await client.FetchAsync("/api/artworks/1")).JsonAsync();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, unseen.GetProperty("viewedAt").ValueKind);
        Assert.Equal(0, unseen.GetProperty("viewCount").GetInt64());
    }

    [Fact]
    public async Task ImportedArtworkIsDescribedWithItsCredit()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var artwork = await (await client.FetchAsync($"/api/artworks/{FakeArtwork.ImportedId}")).JsonAsync();
        Assert.Equal("CC BY 4.0", artwork.GetProperty("licence").GetString());
        Assert.Equal("https://pictures.test/1", artwork.GetProperty("source").GetString());
        Assert.Equal("Boats", artwork.GetProperty("collection").GetString());
        Assert.Equal("digitalArt", artwork.GetProperty("digitalSourceType").GetString());
        Assert.True(artwork.GetProperty("contentCredentials").GetBoolean());
        Assert.Equal("Ada Painter", artwork.GetProperty("author").GetString());
    }

    [Theory]
    [InlineData("1000001")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("9007199254740992")]
    public async Task MissingArtworkIs404(string id)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.FetchAsync($"/api/artworks/{id}").AssertProblemAsync(404, "artwork_not_found");
        await front.Anonymous.FetchAsync($"/art/{id}.png").AssertProblemAsync(404, "artwork_not_found");
    }

    [Fact]
    public async Task PictureIsCachedForAWhileAndOpenToAll()
    {
        await using var front = await FrontEnd.StartAsync();
        var answer = await front.Anonymous.FetchAsync("/art/7.png");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/webp", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("public, must-revalidate, max-age=3600", Assert.Single(answer.Headers.GetValues("Cache-Control")));
        Assert.Equal("cross-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal([1, 2, 3, 7], await answer.Content.ReadAsByteArrayAsync(FrontEnd.Cancelled));
        Assert.False(answer.Headers.ETag!.IsWeak);

        var head = await front.Anonymous.SendAsync(HttpMethod.Head, "/art/7.png", []);
        Assert.Equal((HttpStatusCode.OK, 4L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal([512, 512], front.Cluster.Artworks[7].WidthsDrawn);
    }

    /// <summary>What a network does to itself is no failure of the server, which operators would hear of.</summary>
    [Theory]
    [InlineData(FakeArtwork.CrowdedId, 429, "too_many_requests")]
    [InlineData(FakeArtwork.SaturatedId, 503, "unavailable")]
    public async Task PictureThatCannotBeDrawnSoonSaysWhenToAskAgain(long id, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        var answer = front.Anonymous.FetchAsync($"/art/{id}.png");
        var problem = await answer.AssertProblemAsync(status, code);
        Assert.Equal(TimeSpan.FromSeconds(7), (await answer).Headers.RetryAfter!.Delta);
        Assert.Equal(status == 429 ? "pictures-waiting" : null, problem.TryGetProperty("quota", out var quota) ? quota.GetString() : null);
        Assert.Empty(front.Log.From(Microsoft.Extensions.Logging.LogLevel.Warning));
    }

    [Fact]
    public async Task PictureThatTheClientHasIsNotDrawnAgain()
    {
        await using var front = await FrontEnd.StartAsync();
        var tag = (await front.Anonymous.FetchAsync("/art/7.png?width=64")).Headers.ETag!.ToString();
        foreach (var known in new[] { tag, $"\"other\", {tag}", $"W/{tag}", "*" })
        {
            var again = await front.Anonymous.FetchAsync("/art/7.png?width=60", ("If-None-Match", known));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(tag, again.Headers.ETag!.ToString());
            Assert.Equal("public, must-revalidate, max-age=3600", Assert.Single(again.Headers.GetValues("Cache-Control")));
        }
        Assert.Single(front.Cluster.Artworks[7].WidthsDrawn);
        Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync("/art/7.png?width=512", ("If-None-Match", tag))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync("/art/8.png?width=64", ("If-None-Match", tag))).StatusCode);
    }

    [Fact]
    public async Task WithdrawnPictureIsGoneAtEachWidthWhateverTheClientHas()
    {
        await using var front = await FrontEnd.StartAsync();
        foreach (var width in new[] { "", "?width=256", "?width=512", "?width=1024" })
        {
            var gone = await front.Anonymous.FetchAsync($"/art/{FakeArtwork.WithdrawnId}.png{width}", ("If-None-Match", $"\"tag-{FakeArtwork.WithdrawnId}-512\""));
            Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
            Assert.DoesNotContain("max-age=3600", gone.Headers.CacheControl?.ToString() ?? "", StringComparison.Ordinal);
        }

        await front.Anonymous.FetchAsync($"/art/{FakeArtwork.WithdrawnId}.png").AssertProblemAsync(410, "artwork_withdrawn");
        using var client = await front.SignInAsync();
        var described = await (await client.FetchAsync($"/api/artworks/{FakeArtwork.WithdrawnId}")).JsonAsync();
        Assert.Equal("withdrawn", described.GetProperty("state").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, described.GetProperty("genome").ValueKind);
    }

    [Fact]
    public async Task RequestMayNameCollections()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var fresh = $"/api/artworks/fresh?sessionId={await client.OpenSessionIdAsync()}&count=2";

        await client.FetchAsync(fresh);
        await client.FetchAsync(fresh + "&collection=Boats&collection=Caf%C3%A9%20%26%20bar");

        var wishes = front.Cluster.OnlySession.Wishes;
        Assert.True(wishes[0].Collections.IsDefault);
        Assert.Equal(["Boats", "Café & bar"], wishes[1].Collections);
        await client.FetchAsync(fresh + "&collection=").AssertProblemAsync(400, "invalid_request", "collection");
        await client.FetchAsync(fresh + "&collection=" + new string('a', 201)).AssertProblemAsync(400, "invalid_request", "collection");
        await client.FetchAsync(fresh + string.Concat(Enumerable.Repeat("&collection=a", 9))).AssertProblemAsync(400, "invalid_request", "collection");
    }

    [Fact]
    public async Task WhoAsksWithoutASignInHearsWhatWasWithdrawnSince()
    {
        await using var front = await FrontEnd.StartAsync();
        front.Cluster.Withdrawals.Withdrawn.AddRange([5, 9007199254740991]);

        var told = await front.Anonymous.FetchAsync("/api/withdrawals?since=1");
        var body = await told.JsonAsync();
        var none = await (await front.Anonymous.FetchAsync("/api/withdrawals?since=2")).JsonAsync();

        // Short, so that a cache before the servers answers all clients and still forgets in time.
        Assert.Equal("public, max-age=1", told.Headers.CacheControl?.ToString());
        Assert.Equal("""{"last":2,"withdrawn":[9007199254740991]}""", body.GetRawText());
        Assert.Equal("""{"last":2}""", none.GetRawText());
        foreach (var wrong in new[] { "", "?since=", "?since=-1", "?since=1.5", "?since=99999999999999999999" })
        {
            await front.Anonymous.FetchAsync("/api/withdrawals" + wrong).AssertProblemAsync(400, "invalid_request", "since");
        }
    }

    [Fact]
    public async Task AnswersNameWhatWasWithdrawn()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        front.Cluster.Withdrawn = [3, 9007199254740991];

        var fresh = await (await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=1")).JsonAsync();

        Assert.Equal("[3,9007199254740991]", fresh.GetProperty("withdrawn").GetRawText());
        Assert.Equal(1, fresh.GetProperty("artworks").GetArrayLength());
    }

    [Theory]
    [InlineData(16, 256)]
    [InlineData(256, 256)]
    [InlineData(257, 512)]
    [InlineData(1024, 1024)]
    [InlineData(1025, 1024)]
    [InlineData(2048, 1024)]
    public async Task WidthIsOneOfThoseThatPagesUse(int asked, int drawn)
    {
        await using var front = await FrontEnd.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync($"/art/7.png?width={asked}")).StatusCode);
        Assert.Equal([drawn], front.Cluster.Artworks[7].WidthsDrawn);
    }

    [Theory]
    [InlineData("15")]
    [InlineData("2049")]
    [InlineData("-64")]
    [InlineData("wide")]
    [InlineData("64.5")]
    [InlineData("")]
    [InlineData("99999999999")]
    public async Task WrongWidthIsRefused(string width)
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Anonymous.FetchAsync($"/art/7.png?width={width}").AssertProblemAsync(400, "invalid_request", "width");
    }
}
