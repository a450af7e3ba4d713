using System.Net;

namespace ArtFresh.Api.Tests;

public sealed class OriginTests
{
    private const string Allowed = "https://radio.example";

    [Theory]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1")]
    [InlineData("Origin", "https://radio.example.evil.example")]
    [InlineData("Origin", "http://radio.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task CookieIsRefusedFromAnotherSitesPage(string header, string value)
    {
        await using var front = await FrontEnd.StartAsync(options => options with { AllowedOrigins = [Allowed] });
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        (string Path, string Body)[] posts =
        [
            ("/api/sign-in/guest", ""),
            ("/api/sessions", "{}"),
            ("/api/artworks/batch-impressions", Clients.Batch(sessionId)),
            ("/api/artworks/5/impression", $$"""{"sessionId":"{{sessionId}}"}"""),
            ($"/api/sessions/{sessionId}/end", "{}"),
        ];
        foreach (var (path, body) in posts)
        {
            await client.SendAsync(HttpMethod.Post, path, [(header, value)], Clients.Json(body)).AssertProblemAsync(403, "origin_refused");
        }
        Assert.Single(front.Cluster.Sessions);
        Assert.Empty(front.Cluster.OnlySession.Batches);
        Assert.Equal(HttpStatusCode.OK, (await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}", (header, value))).StatusCode);
    }

    [Fact]
    public async Task CookieIsAcceptedFromOwnAndAllowedPagesAndFromPrograms()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { AllowedOrigins = [Allowed + "/"] });
        using var client = await front.SignInAsync();
        var own = front.Address.GetLeftPart(UriPartial.Authority);
        (string, string)[][] senders =
        [
            [("Origin", own), ("Sec-Fetch-Site", "same-origin")],
            [("Origin", own.Replace("http:", "https:", StringComparison.Ordinal))],
            [("Origin", Allowed), ("Sec-Fetch-Site", "cross-site")],
            [("Sec-Fetch-Site", "none")],
            [],
        ];
        foreach (var headers in senders)
        {
            var answer = await client.SendAsync(HttpMethod.Post, "/api/sessions", headers, Clients.Json("{}"));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
    }

    [Fact]
    public async Task BearerMayBeSentFromAnywhere()
    {
        await using var front = await SignInTests.StartWithIssuerAsync();
        using var client = front.WithBearer(SignInTests.Jwt("alice"));
        var answer = await client.SendAsync(HttpMethod.Post, "/api/sessions", [("Origin", "https://elsewhere.example")], Clients.Json("{}"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task OnlyAllowedPagesMayReadAnswers()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { AllowedOrigins = [Allowed] });
        async Task<(string? Origin, string? Credentials)> AskAsync(string origin, HttpMethod method)
        {
            (string, string)[] headers =
                [("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type")];
            var answer = await front.Anonymous.SendAsync(method, "/api/artworks/batch-impressions", headers, method == HttpMethod.Post ? Clients.Json("{}") : null);
            return (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Credentials"));
        }
        foreach (var method in new[] { HttpMethod.Options, HttpMethod.Post })
        {
            Assert.Equal((Allowed, "true"), await AskAsync(Allowed, method));
            Assert.Null((await AskAsync("https://elsewhere.example", method)).Origin);
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
