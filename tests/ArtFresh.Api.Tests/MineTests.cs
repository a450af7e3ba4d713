using System.Net;
using System.Net.Http.Json;

namespace ArtFresh.Api.Tests;

public sealed class MineTests
{
    [Fact]
    public async Task ShownArtworksComeWithTheirTimeAndWhetherTheyAreKept()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await client.PutAsync("/api/artworks/7/keep", null, FrontEnd.Cancelled)).StatusCode);

        var page = await client.GetStringAsync("/api/listeners/me/artworks?limit=3", FrontEnd.Cancelled);

        Assert.Equal(
            """{"artworks":[{"shownAt":"2026-11-01T12:00:00Z","kept":true,"keptAt":"2026-11-01T12:00:00Z","id":7,"imageUrl":"/art/7.png","genome":"g","mood":{"valence":0.5,"energy":0.25},"createdAt":"2026-11-01T12:00:00Z","generator":"neural","title":"A title","author":null,"digitalSourceType":"algorithmicMedia"}],"next":"place"}""",
            page);
        Assert.Equal(3, front.Cluster.Records.Asked.Single().Count);
    }

    [Fact]
    public async Task PagesGoOnFromThePlaceOfTheOneBefore()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();

        var last = await client.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/listeners/me/kept?before=place", FrontEnd.Cancelled);

        Assert.Equal(System.Text.Json.JsonValueKind.Null, last.GetProperty("next").ValueKind);
        Assert.Equal(("place", 50), (front.Cluster.Records.Asked.Single().Before, front.Cluster.Records.Asked.Single().Count));
    }

    [Theory]
    [InlineData("/api/listeners/me/artworks?limit=0", "limit")]
    [InlineData("/api/listeners/me/artworks?limit=101", "limit")]
    [InlineData("/api/listeners/me/kept?limit=-1", "limit")]
    [InlineData("/api/listeners/me/artworks?before=nonsense", "before")]
    [InlineData("/api/listeners/me/kept?before=nonsense", "before")]
    [InlineData("/api/listeners/me/kept?before=123456789012345678901234567890123456789012345678901234567890123456789012345678901", "before")]
    public async Task PageThatIsNoneIsRefused(string path, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.GetAsync(path, FrontEnd.Cancelled).AssertProblemAsync(400, "invalid_request", field);
    }

    [Theory]
    [InlineData("9", 404, "artwork_not_found")]
    [InlineData("-7", 404, "artwork_not_found")]
    [InlineData("8", 409, "kept_full")]
    public async Task WhatTheListenerWasNotServedIsNotKept(string id, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.PutAsync($"/api/artworks/{id}/keep", null, FrontEnd.Cancelled).AssertProblemAsync(status, code);
        Assert.Empty(front.Cluster.Records.Kept);
    }

    [Fact]
    public async Task KeptArtworkIsTakenBack()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.PutAsync("/api/artworks/7/keep", null, FrontEnd.Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/api/artworks/7/keep", FrontEnd.Cancelled)).StatusCode);

        Assert.Empty(front.Cluster.Records.Kept);
    }

    [Fact]
    public async Task ExportIsStreamedAsLinesOfJson()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();

        var answer = await client.GetAsync("/api/listeners/me/export", FrontEnd.Cancelled);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("{\"part\":1}\n{\"part\":2}\n{\"part\":3}\n", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    [Fact]
    public async Task ErasureIsTakenAndTheCookieRefusedFromThenOn()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();

        var answer = await client.DeleteAsync("/api/listeners/me", FrontEnd.Cancelled);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("""{"erasure":42}""", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase));
        Assert.Single(front.Cluster.Records.Erased);
    }

    [Theory]
    [InlineData("GET", "/api/listeners/me/artworks")]
    [InlineData("GET", "/api/listeners/me/kept")]
    [InlineData("GET", "/api/listeners/me/export")]
    [InlineData("PUT", "/api/artworks/7/keep")]
    [InlineData("DELETE", "/api/artworks/7/keep")]
    [InlineData("POST", "/api/listeners/me/shown", "{\"epoch\":7,\"artworkIds\":[3]}")]
    public async Task ErasedListenerIsRefused(string method, string path, string? body = null)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var signedIn = await client.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled);
        var id = System.Text.Json.JsonDocument.Parse(await signedIn.Content.ReadAsStringAsync(FrontEnd.Cancelled)).RootElement.GetProperty("listenerId").GetString()!;
        front.Cluster.Records.Erased[id] = true;

        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        await client.SendAsync(request, FrontEnd.Cancelled).AssertProblemAsync(401, "not_signed_in");

        Assert.Empty(front.Cluster.Records.Kept);
    }

    [Theory]
    [InlineData(ArtFresh.Contracts.SessionOutcome.ListenerErased, 410, "listener_erased")]
    public async Task LateBatchOfAnErasedListenerIsRefusedForGood(ArtFresh.Contracts.SessionOutcome outcome, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var session = await client.OpenSessionIdAsync();
        front.Cluster.Forced = outcome;
        await client.PostTextAsync(
            "/api/artworks/batch-impressions", $$"""{"sessionId":"{{session}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[1]}""").AssertProblemAsync(status, code);
        await client.GetAsync($"/api/artworks/fresh?sessionId={session}", FrontEnd.Cancelled).AssertProblemAsync(401, "not_signed_in");
        await client.PostAsync("/api/sessions", null, FrontEnd.Cancelled).AssertProblemAsync(401, "not_signed_in");
    }

    [Theory]
    [InlineData("GET", "/api/listeners/me/artworks")]
    [InlineData("GET", "/api/listeners/me/kept")]
    [InlineData("PUT", "/api/artworks/7/keep")]
    [InlineData("DELETE", "/api/artworks/7/keep")]
    public async Task StrangerHasNothing(string method, string path)
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), FrontEnd.Cancelled).AssertProblemAsync(401, "not_signed_in");
    }

    [Fact]
    public async Task PageOfAnotherSiteKeepsNothingByTheListenersCookie()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/artworks/7/keep") { Headers = { { "Origin", "https://elsewhere.example" } } };
        await client.SendAsync(request, FrontEnd.Cancelled).AssertProblemAsync(403, "origin_refused");
        Assert.Empty(front.Cluster.Records.Kept);
    }
}
