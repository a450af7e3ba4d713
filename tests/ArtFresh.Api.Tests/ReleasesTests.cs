using System.Net;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

public sealed class ReleasesTests
{
    private const string Switch = "/api/ops/releases/r1/delivery";

    [Fact]
    public async Task ReleasesAndTheAuditAreShown()
    {
        await using var front = await FrontEnd.StartAsync();
        Assert.Equal(
            """[{"release":"r1","firstSeenAt":"2026-03-04T05:06:00+00:00","lastSeenAt":"2026-03-04T05:06:00+00:00","verdict":"fail","delivery":"single","triggers":[{"name":"batchSuccess","verdict":"fail","value":0.5,"threshold":0.9,"samples":100,"windowMinutes":30,"source":"claim","unit":"share","networks":0}],"failedAt":"2026-03-04T05:06:00+00:00","evidence":"[]","action":"delivery: single","recoveredAt":null}]""",
            await (await front.Operator.FetchAsync("/api/ops/releases")).Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal(
            """[{"id":7,"at":"2026-03-04T05:06:00+00:00","actor":"watch","what":"fail","release":"r1","detail":"batchSuccess"}]""",
            await (await front.Operator.FetchAsync("/api/ops/audit")).Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal(100, front.Cluster.Watch.AuditRowsAsked);
        await front.Operator.FetchAsync("/api/ops/audit?count=1000");
        Assert.Equal(1000, front.Cluster.Watch.AuditRowsAsked);
        await front.Operator.FetchAsync("/api/ops/audit?count=1001").AssertProblemAsync(400, "invalid_request", "count");
        await front.Operator.FetchAsync("/api/ops/audit?count=x").AssertProblemAsync(400, "invalid_request", "count");
    }

    [Theory]
    [InlineData("single", Delivery.Single)]
    [InlineData("batch", Delivery.Batch)]
    public async Task SwitchIsAuditedUnderTheOperatorsName(string word, Delivery delivery)
    {
        await using var front = await FrontEnd.StartAsync();
        var answer = await front.Operator.PostTextAsync(Switch, $$"""{"delivery":"{{word}}","reason":"too many failures"}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var switched = front.Cluster.Watch.Switched!.Value;
        Assert.Equal(("r1", delivery, "too many failures"), (switched.Release, switched.Delivery, switched.Reason));
        Assert.StartsWith("operator at ", switched.Actor, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "delivery")]
    [InlineData("""{"delivery":"pigeon","reason":"x"}""", "delivery")]
    [InlineData("""{"delivery":"single"}""", "reason")]
    [InlineData("""{"delivery":"single","reason":""}""", "reason")]
    [InlineData("""{"delivery":"single","reason":"   "}""", "reason")]
    [InlineData("[]", "body")]
    public async Task InvalidBodyIsRefusedWithItsFieldAndSwitchesNothing(string body, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Operator.PostTextAsync(Switch, body).AssertProblemAsync(400, "invalid_request", field);
        await front.Operator.PostTextAsync("/api/ops/releases/a%20b/delivery", """{"delivery":"single","reason":"x"}""").AssertProblemAsync(400, "invalid_request", "release");
        Assert.Null(front.Cluster.Watch.Switched);
    }

    /// <summary>All unknown releases are counted under it.</summary>
    [Fact]
    public async Task OtherIsNoReleaseToKnowOrSwitch()
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Operator.SendAsync(HttpMethod.Put, "/api/ops/releases/other", [], Json("""{"reason":"x"}""")).AssertProblemAsync(400, "invalid_request", "release");
        await front.Operator.PostTextAsync("/api/ops/releases/other/delivery", """{"delivery":"single","reason":"x"}""").AssertProblemAsync(400, "invalid_request", "release");
        Assert.Null(front.Cluster.Watch.Known);
        Assert.Null(front.Cluster.Watch.Switched);
    }

    [Fact]
    public async Task StrangersAndOtherSitesPagesSwitchNothing()
    {
        const string body = """{"delivery":"single","reason":"x"}""";
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        foreach (var page in new[] { "/api/ops/releases", "/api/ops/audit" })
        {
            await guest.FetchAsync(page, (FrontEnd.RemoteAddressHeader, "192.0.2.7")).AssertProblemAsync(403, "not_operator");
        }

        await guest.SendAsync(HttpMethod.Post, Switch, [(FrontEnd.RemoteAddressHeader, "192.0.2.7")], Json(body)).AssertProblemAsync(403, "not_operator");
        await front.Anonymous.SendAsync(HttpMethod.Post, Switch, [], Json(body)).AssertProblemAsync(401, "not_signed_in");
        await front.Operator.SendAsync(HttpMethod.Post, Switch, [("Origin", "https://elsewhere.example")], Json(body)).AssertProblemAsync(403, "origin_refused");
        Assert.Null(front.Cluster.Watch.Switched);
    }

    [Fact]
    public async Task BatchOfASingleDeliveryReleaseIsAnswered410()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        front.Cluster.Forced = SessionOutcome.SingleOnly;
        await client.PostBatchAsync(sessionId).AssertProblemAsync(410, "single_only");
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
