using System.Net;
using ArtFresh.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class SessionsTests
{
    [Theory]
    [InlineData("{}", "unknown")]
    [InlineData("""{"release":null}""", "unknown")]
    [InlineData("""{"release":"1.2.3-rc.4+a_b"}""", "1.2.3-rc.4+a_b")]
    public async Task OpenedSessionGetsItsLimitsAndRecordsItsRelease(string body, string release)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var answer = await client.PostTextAsync("/api/sessions", body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var session = await answer.JsonAsync();
        Assert.Equal(["sessionId", "batchLimit", "delivery", "token", "genomeSeeds", "epoch", "lastWithdrawal"], session.EnumerateObject().Select(member => member.Name));
        Assert.Equal(200, session.GetProperty("batchLimit").GetInt32());
        Assert.Equal("batch", session.GetProperty("delivery").GetString());
        Assert.Equal("""{"from":"000000000000c000","count":16384}""", session.GetProperty("genomeSeeds").GetRawText());
        Assert.Equal(release, front.Cluster.OnlySession.Release);
    }

    [Fact]
    public async Task SessionOpensWithoutABodyAndWithSingleDelivery()
    {
        await using var front = await FrontEnd.StartAsync();
        front.Cluster.Delivery = Delivery.Single;
        using var client = await front.SignInAsync();
        var answer = await client.PostAsync("/api/sessions", null, FrontEnd.Cancelled);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("single", (await answer.JsonAsync()).GetProperty("delivery").GetString());
    }

    [Theory]
    [InlineData("""{"release":""}""", "release")]
    [InlineData("""{"release":"a b"}""", "release")]
    [InlineData("""{"release":"a/b"}""", "release")]
    [InlineData("""{"release":7}""", "release")]
    [InlineData("""{"release":"12345678901234567890123456789012345678901234567890123456789012345"}""", "release")]
    [InlineData("[]", "body")]
    public async Task InvalidReleaseNameIsRefused(string body, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.PostTextAsync("/api/sessions", body).AssertProblemAsync(400, "invalid_request", field);
        Assert.Empty(front.Cluster.Sessions);
    }

    [Fact]
    public async Task SessionIsNotOpenedByAFormOrABeacon()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.PostTextAsync("/api/sessions", "{}", "text/plain").AssertProblemAsync(415, "unsupported_media_type");
    }

    [Theory]
    [InlineData(SessionOutcome.Unavailable, 503, "unavailable")]
    [InlineData(SessionOutcome.SessionNotFound, 500, "unexpected")]
    public async Task OutcomesOfOpeningAreMapped(SessionOutcome outcome, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        front.Cluster.Forced = outcome;
        await client.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(status, code);
    }

    [Fact]
    public async Task EndGivesBackUnshownArtworksAndMayArriveTwice()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostTextAsync($"/api/sessions/{sessionId}/end", """{"unshown":[4,5]}""")).StatusCode);
        Assert.Equal([4, 5], front.Cluster.OnlySession.Unshown!.Value);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync($"/api/sessions/{sessionId}/end", null, FrontEnd.Cancelled)).StatusCode);
        await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}").AssertProblemAsync(409, "session_ended");
        Assert.Equal(HttpStatusCode.OK, (await client.PostBatchAsync(sessionId)).StatusCode);
    }

    [Theory]
    [InlineData("""{"unshown":[1,-1]}""", "unshown[1]")]
    [InlineData("""{"unshown":[1,1.5]}""", "unshown[1]")]
    [InlineData("""{"unshown":[9007199254740992]}""", "unshown[0]")]
    [InlineData("""{"unshown":7}""", "unshown")]
    [InlineData("{", "body")]
    public async Task InvalidEndIsRefused(string body, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        await client.PostTextAsync($"/api/sessions/{sessionId}/end", body).AssertProblemAsync(400, "invalid_request", field);
        Assert.Null(front.Cluster.OnlySession.Unshown);
    }

    [Fact]
    public async Task EndTakesAThousandUnshownAndNoMore()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        Task<HttpResponseMessage> EndAsync(int count) =>
            client.PostTextAsync($"/api/sessions/{sessionId}/end", $$"""{"unshown":[{{string.Join(',', Enumerable.Range(1, count))}}]}""");
        await EndAsync(1001).AssertProblemAsync(400, "invalid_request", "unshown");
        Assert.Equal(HttpStatusCode.NoContent, (await EndAsync(1000)).StatusCode);
    }

    [Theory]
    [InlineData(SessionOutcome.Unavailable, 503, "unavailable")]
    [InlineData((SessionOutcome)77, 503, "unavailable")]
    public async Task OutcomesOfAnEndAreMapped(SessionOutcome outcome, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        front.Cluster.Forced = outcome;
        await client.PostTextAsync($"/api/sessions/{Guid.CreateVersion7()}/end", "{}").AssertProblemAsync(status, code);
        await client.PostTextAsync("/api/sessions/no-uuid/end", "{}").AssertProblemAsync(404, "session_not_found");
    }

    [Fact]
    public async Task TokenReplacesTheCookieEvenFromAnotherSite()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var session = await client.OpenSessionAsync();
        var (sessionId, token) = (session.GetProperty("sessionId").GetGuid(), session.GetProperty("token").GetString()!);
        (string, string)[] fromElsewhere = [("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site")];
        foreach (var sender in new[] { front.Anonymous, client })
        {
            var batch = await sender.SendAsync(HttpMethod.Post, "/api/artworks/batch-impressions", fromElsewhere, Clients.Json(Clients.Batch(sessionId, token), "text/plain"));
            Assert.Equal(HttpStatusCode.OK, batch.StatusCode);
            var single = await sender.SendAsync(HttpMethod.Post, "/api/artworks/5/impression", fromElsewhere, Clients.Json($$"""{"sessionId":"{{sessionId}}","token":"{{token}}"}""", "text/plain"));
            Assert.Equal(HttpStatusCode.OK, single.StatusCode);
            var end = await sender.SendAsync(HttpMethod.Post, $"/api/sessions/{sessionId}/end", fromElsewhere, Clients.Json($$"""{"token":"{{token}}"}""", "text/plain"));
            Assert.Equal(HttpStatusCode.NoContent, end.StatusCode);
        }
        Assert.Equal(4, front.Cluster.OnlySession.Batches.Count);
    }

    [Fact]
    public async Task TokenIsValidForItsOwnSessionOnly()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var token = (await client.OpenSessionAsync()).GetProperty("token").GetString()!;
        var other = await client.OpenSessionIdAsync();
        foreach (var sender in new[] { front.Anonymous, client })
        {
            await sender.PostBatchAsync(other, token).AssertProblemAsync(404, "session_not_found");
            await sender.PostTextAsync("/api/artworks/5/impression", $$"""{"sessionId":"{{other}}","token":"{{token}}"}""").AssertProblemAsync(404, "session_not_found");
            await sender.PostTextAsync($"/api/sessions/{other}/end", $$"""{"token":"{{token}}"}""").AssertProblemAsync(404, "session_not_found");
        }
    }

    [Fact]
    public async Task ForgedTokenSignsNobodyInAndDoesNotInvalidateTheCookie()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var session = await client.OpenSessionAsync();
        var (sessionId, token) = (session.GetProperty("sessionId").GetGuid(), session.GetProperty("token").GetString()!);
        foreach (var forged in new[] { "", "forged", token[..^4] + "AAAA" })
        {
            await front.Anonymous.PostBatchAsync(sessionId, forged).AssertProblemAsync(401, "not_signed_in");
            Assert.Equal(HttpStatusCode.OK, (await client.PostBatchAsync(sessionId, forged)).StatusCode);
        }
    }

    [Fact]
    public async Task TokenIsValidForSevenDaysAndOverARestart()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var data = FrontEnd.NewDirectory();
        Guid sessionId;
        string token;
        await using (var before = await FrontEnd.StartAsync(clock: clock, dataDirectory: data))
        {
            using var client = await before.SignInAsync();
            var session = await client.OpenSessionAsync();
            (sessionId, token) = (session.GetProperty("sessionId").GetGuid(), session.GetProperty("token").GetString()!);
        }
        await using var after = await FrontEnd.StartAsync(clock: clock, dataDirectory: data);
        clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        // The cluster behind is a new one: it has forgotten the session, not who the caller is.
        await after.Anonymous.PostBatchAsync(sessionId, token).AssertProblemAsync(404, "session_not_found");
        clock.Advance(TimeSpan.FromSeconds(1));
        await after.Anonymous.PostBatchAsync(sessionId, token).AssertProblemAsync(401, "not_signed_in");
    }
}
