namespace ArtFresh.Api.Tests;

/// <summary>A body that cannot be read is refused for its real fault.</summary>
public sealed class BodyTests
{
    private const string Path = "/api/artworks/batch-impressions";

    /// <summary>A request without a body has no type, either.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MissingBodyIsCalledThat(bool isTyped)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var empty = new ByteArrayContent([]);
        empty.Headers.ContentType = isTyped ? new("application/json") : null;

        var refused = await client.SendAsync(HttpMethod.Post, Path, [], empty).AssertProblemAsync(400, "invalid_batch", "body");

        Assert.StartsWith("The body is missing.", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The parser blames the member that it was at.</summary>
    [Theory]
    [InlineData("{\"sessionId\": \"0190", "byte")]
    [InlineData("{\"sessionId\": }", "line 1, byte 15")]
    [InlineData("{\n\"sessionId\" \"x\"}", "line 2, byte 13")]
    public async Task BrokenJsonIsCalledThatAndNoMemberIsBlamed(string body, string place)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();

        var refused = await client.PostTextAsync(Path, body).AssertProblemAsync(400, "invalid_batch", "body");

        Assert.StartsWith("The body is not valid JSON", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(place, refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
