using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

/// <summary>Requests that cost more than others take more of a quota.</summary>
public sealed class CostlyRequestsTests
{
    /// <summary>A block is committed for each other mood.</summary>
    [Fact]
    public async Task ChangeOfMoodCountsAsFiveArtworks()
    {
        await using var front = await StartAsync(new() { ArtworksServedPerHour = 10 });
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        Task<HttpResponseMessage> AskAsync(string mood) => client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=1&valence={mood}");

        foreach (var mood in new[] { "0.1", "0.9", "0.9", "0.9", "0.9" })
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(mood)).StatusCode);
        }

        Assert.Equal("artworks-served", (await AskAsync("0.9").AssertProblemAsync(429, "too_many_requests")).GetProperty("quota").GetString());
    }

    [Theory]
    [InlineData("artworks")]
    [InlineData("kept")]
    public async Task PageOfAHundredOwnArtworksCountsAsTenRequests(string of)
    {
        await using var front = await StartAsync(new() { ListenerRequestsBurst = 20 });
        using var client = await front.SignInAsync();

        for (var page = 0; page < 2; page++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.FetchAsync($"/api/listeners/me/{of}?limit=100")).StatusCode);
        }

        Assert.Equal("requests", (await client.FetchAsync($"/api/listeners/me/{of}?limit=1").AssertProblemAsync(429, "too_many_requests")).GetProperty("quota").GetString());
    }

    private static Task<FrontEnd> StartAsync(RateOptions limits) =>
        FrontEnd.StartAsync(options => options with { Limits = limits }, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
}
