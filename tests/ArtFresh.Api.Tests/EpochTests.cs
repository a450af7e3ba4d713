using System.Net;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

public sealed class EpochTests
{
    private const string Path = "/api/artworks/batch-impressions";

    [Fact]
    public async Task SessionThatTheLedgerHasLostIsOpenedAgainByItsTokenAlone()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var opened = await client.OpenSessionAsync();
        var (id, token) = (opened.GetProperty("sessionId").GetString(), opened.GetProperty("token").GetString());
        var session = front.Cluster.OnlySession;
        session.Lose();
        session.Reopening = SessionOutcome.Done;

        await client.PostTextAsync(Path, Batch(id!, "")).AssertProblemAsync(404, "session_not_found");
        Assert.Null(session.Release);
        var answer = await client.PostTextAsync(Path, Batch(id!, $",\"token\":\"{token}\""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([1, 2], Assert.Single(session.Batches).ArtworkIds);
    }

    [Theory]
    [InlineData(SessionOutcome.Unavailable, 503, "unavailable")]
    [InlineData(SessionOutcome.SessionNotFound, 404, "session_not_found")]
    [InlineData(SessionOutcome.ListenerErased, 404, "session_not_found")]
    public async Task SessionThatCannotBeOpenedAgainIsRefused(SessionOutcome reopening, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var opened = await client.OpenSessionAsync();
        front.Cluster.OnlySession.Lose();
        front.Cluster.OnlySession.Reopening = reopening;

        await client.PostTextAsync(Path, Batch(opened.GetProperty("sessionId").GetString()!, $",\"token\":\"{opened.GetProperty("token").GetString()}\"")).AssertProblemAsync(status, code);
    }

    [Fact]
    public async Task BrowserOffersWhatItHasShown()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();

        var answer = await client.PostTextAsync("/api/listeners/me/shown", """{"epoch":7,"sinceMs":1000,"artworkIds":[3,9007199254740991]}""");

        Assert.Equal("""{"added":2,"unknown":[9007199254740991]}""", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        await front.Anonymous.PostTextAsync("/api/listeners/me/shown", """{"epoch":7,"artworkIds":[]}""").AssertProblemAsync(401, "not_signed_in");
    }

    [Theory]
    [InlineData("""{"epoch":0,"artworkIds":[1]}""", "epoch")]
    [InlineData("""{"epoch":7}""", "artworkIds")]
    [InlineData("""{"epoch":7,"artworkIds":[1,-1]}""", "artworkIds[1]")]
    [InlineData("""{"epoch":7,"artworkIds":[1],"sinceMs":-1}""", "sinceMs")]
    public async Task MalformedOfferIsRefused(string body, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();

        await client.PostTextAsync("/api/listeners/me/shown", body).AssertProblemAsync(400, "invalid_request", field);
    }

    private static string Batch(string sessionId, string more) =>
        $$"""{"sessionId":"{{sessionId}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[1,2]{{more}}}""";
}
