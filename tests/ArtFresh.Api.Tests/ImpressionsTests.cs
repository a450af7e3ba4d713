using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

public sealed class ImpressionsTests
{
    private const string Path = "/api/artworks/batch-impressions";

    [Fact]
    public async Task BatchReachesTheSessionComplete()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var batchId = Guid.CreateVersion7();
        var body = $$"""
            {"sessionId":"{{sessionId}}","batchId":"{{batchId}}","firstNumber":4,"artworkIds":[9007199254740991,3,3,0],"displayedAtMs":[1,2,3,253402300799999],
             "report":{"displayed":4,"skipped":2,"transport":"keepalive","reason":"hidden","attempts":1,"displayMs":[0,900],"dropped":7,"journal":"localstorage","beacons":2},"newMember":{"of":["a","later","client"]} }
            """;
        var answer = await client.PostTextAsync(Path, body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal("""{"recorded":2,"duplicates":1,"repeats":0,"revisits":0,"unserved":0,"unknown":[9007199254740991],"highWater":2}""", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        var batch = Assert.Single(front.Cluster.OnlySession.Batches);
        Assert.Equal(batchId, batch.BatchId);
        Assert.Equal(4, batch.FirstNumber);
        Assert.Equal([9007199254740991, 3, 3, 0], batch.ArtworkIds);
        Assert.Equal([1, 2, 3, 253402300799999], batch.DisplayedAtMs);
        Assert.Equal(new DeliveryReport(4, 2, "keepalive", "hidden", 1, batch.Report!.DisplayMs, 7, "localstorage", 2), batch.Report);
        Assert.Equal([0, 900], batch.Report.DisplayMs);
    }

    [Fact]
    public async Task WithSingleDeliveryTheBatchEndpointIs410AndTheSingleOneRecords()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Delivery = Delivery.Single });
        using var client = await front.SignInAsync();
        var opened = await (await client.PostTextAsync("/api/sessions", "{}")).JsonAsync();
        var sessionId = opened.GetProperty("sessionId").GetString();

        Assert.Equal("single", opened.GetProperty("delivery").GetString());
        var batch = $$"""{"sessionId":"{{sessionId}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[1]}""";
        await client.PostTextAsync(Path, batch).AssertProblemAsync(410, "single_only");
        await front.Anonymous.PostTextAsync(Path, batch).AssertProblemAsync(401, "not_signed_in");
        Assert.Equal(HttpStatusCode.OK, (await client.PostTextAsync("/api/artworks/1/impression", $$"""{"sessionId":"{{sessionId}}","number":1}""")).StatusCode);
    }

    [Fact]
    public async Task BatchAnswerReportsEarlierSessionsByTheirTokensAlone()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var earlier = await client.OpenSessionAsync();
        var (earlierId, token) = (earlier.GetProperty("sessionId").GetGuid(), earlier.GetProperty("token").GetString()!);
        await client.PostBatchAsync(earlierId, token);
        var present = await client.OpenSessionAsync();
        var presentToken = present.GetProperty("token").GetString()!;

        string Batch(string asked) => $$"""
            {"sessionId":"{{present.GetProperty("sessionId").GetString()}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[7,8],"token":"{{presentToken}}","earlier":[{{asked}}]}
            """;
        var answered = (await (await client.PostTextAsync(Path, Batch($"\"{token}\",\"{token}\",\"{token[..^4]}AAAA\",\"\",null"))).JsonAsync()).GetProperty("earlier");
        var only = Assert.Single(answered.EnumerateArray());
        Assert.Equal(earlierId, only.GetProperty("sessionId").GetGuid());
        Assert.Equal(3, only.GetProperty("highWater").GetInt64());

        var untold = await (await client.PostTextAsync(Path, Batch($"\"{earlierId}\""))).JsonAsync();
        Assert.False(untold.TryGetProperty("earlier", out _));
        var nine = string.Join(',', Enumerable.Repeat($"\"{token}\"", 9));
        await client.PostTextAsync(Path, Batch(nine)).AssertProblemAsync(400, "invalid_batch", "earlier");
    }

    [Fact]
    public async Task BatchIsAnsweredEvenIfTheEarlierSessionDoesNotAnswer()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var earlier = await client.OpenSessionAsync();
        var token = earlier.GetProperty("token").GetString()!;
        var sessionId = await client.OpenSessionIdAsync();
        var asked = front.Cluster.Sessions.Single(session => session.Key.EndsWith($"{earlier.GetProperty("sessionId").GetGuid():N}", StringComparison.Ordinal)).Value;
        asked.HighWaterFault = new TimeoutException();

        var answer = await client.PostTextAsync(Path,
            $$"""{"sessionId":"{{sessionId}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[1],"earlier":["{{token}}"]}""");

        Assert.Equal("""{"recorded":1,"duplicates":0,"repeats":0,"revisits":0,"unserved":0,"unknown":[],"highWater":1}""", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    [Fact]
    public async Task GenomesMadeByTheClientReachTheSession()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();

        await client.PostTextAsync(Path, $$"""
            {"sessionId":"{{sessionId}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[7,-2],"genomes":[null,"1-silk-0000000000003001-dusk-610-200"]}
            """);
        await client.PostTextAsync("/api/artworks/-3/impression", $$"""{"sessionId":"{{sessionId}}","number":3,"genomes":["1-silk-0000000000003002-dusk-610-200"]}""");

        var batches = front.Cluster.OnlySession.Batches;
        Assert.Equal([null, "1-silk-0000000000003001-dusk-610-200"], batches[0].Genomes);
        Assert.Equal([7, -2], batches[0].ArtworkIds);
        Assert.Equal(["1-silk-0000000000003002-dusk-610-200"], batches[1].Genomes);
        Assert.Equal([-3], batches[1].ArtworkIds);
    }

    [Fact]
    public async Task NullMembersCountAsMissingAndUnknownIsAnEmptyListByDefault()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var answer = await client.PostTextAsync(Path,
            $$"""{"sessionId":"{{sessionId}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[1],"displayedAtMs":null,"report":null,"token":null}""");
        Assert.Equal(0, (await answer.JsonAsync()).GetProperty("unknown").GetArrayLength());
        var batch = Assert.Single(front.Cluster.OnlySession.Batches);
        Assert.Empty(batch.DisplayedAtMs);
        Assert.Null(batch.Report);
    }

    [Fact]
    public async Task TwoHundredImpressionsAreAcceptedAndOneMoreIsRefused()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        string Body(int count) => Change(sessionId, "artworkIds", $"[{string.Join(',', Enumerable.Range(1, count))}]");
        Assert.Equal(200, (await (await client.PostTextAsync(Path, Body(200))).JsonAsync()).GetProperty("recorded").GetInt32());
        await client.PostTextAsync(Path, Body(201)).AssertProblemAsync(400, "invalid_batch", "artworkIds");
    }

    public static TheoryData<string, string, string> WrongMembers { get; } = new()
    {
        { "artworkIds", "[]", "artworkIds" },
        { "artworkIds", "null", "artworkIds" },
        { "artworkIds", "7", "artworkIds" },
        { "artworkIds", "[1,2,3,1.5]", "artworkIds[3]" },
        { "artworkIds", "[1,5.0]", "artworkIds[1]" },
        { "artworkIds", "[1e2]", "artworkIds[0]" },
        { "artworkIds", "[1,\"7\"]", "artworkIds[1]" },
        { "artworkIds", "[null]", "artworkIds[0]" },
        { "artworkIds", "[1,true]", "artworkIds[1]" },
        { "artworkIds", "[1,2,-1]", "artworkIds[2]" },
        { "artworkIds", "[9007199254740992]", "artworkIds[0]" },
        { "artworkIds", "[99999999999999999999]", "artworkIds[0]" },
        { "genomes", "[]", "genomes" },
        { "genomes", "[\"1-silk\"]", "artworkIds[0]" },
        { "genomes", "[\"\"]", "artworkIds[0]" },
        { "sessionId", "null", "sessionId" },
        { "sessionId", "\"mine\"", "sessionId" },
        { "sessionId", "7", "sessionId" },
        { "batchId", "null", "batchId" },
        { "batchId", "\"first\"", "batchId" },
        { "firstNumber", "null", "firstNumber" },
        { "firstNumber", "0", "firstNumber" },
        { "firstNumber", "-3", "firstNumber" },
        { "firstNumber", "1.5", "firstNumber" },
        { "firstNumber", "\"1\"", "firstNumber" },
        { "firstNumber", "9999999", "firstNumber" },
        { "firstNumber", "9223372036854775807", "firstNumber" },
        { "displayedAtMs", "[1]", "displayedAtMs" },
        { "displayedAtMs", "[1,2,3,4]", "displayedAtMs" },
        { "displayedAtMs", "[1,2,-3]", "displayedAtMs[2]" },
        { "displayedAtMs", "[1,253402300800000,3]", "displayedAtMs[1]" },
        { "displayedAtMs", "[1,\"2\",3]", "displayedAtMs[1]" },
        { "token", "7", "token" },
        { "report", "[]", "report" },
        { "report", "{}", "report.displayed" },
        { "report.displayed", "-1", "report.displayed" },
        { "report.displayed", "10000001", "report.displayed" },
        { "report.displayed", "99999999999", "report.displayed" },
        { "report.skipped", "-1", "report.skipped" },
        { "report.skipped", "10000001", "report.skipped" },
        { "report.transport", "\"pigeon\"", "report.transport" },
        { "report.transport", "null", "report.transport" },
        { "report.reason", "\"whim\"", "report.reason" },
        { "report.reason", "null", "report.reason" },
        { "report.attempts", "0", "report.attempts" },
        { "report.attempts", "10000001", "report.attempts" },
        { "report.dropped", "-1", "report.dropped" },
        { "report.dropped", "10000001", "report.dropped" },
        { "report.beacons", "-1", "report.beacons" },
        { "report.journal", "\"diary\"", "report.journal" },
        { "report.displayMs", "[-1]", "report.displayMs[0]" },
        { "report.displayMs", "[0.5]", "report.displayMs[0]" },
    };

    [Theory, MemberData(nameof(WrongMembers))]
    public async Task InvalidMemberIsRefusedWithItsName(string member, string json, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        await client.PostTextAsync(Path, Change(sessionId, member, json)).AssertProblemAsync(400, "invalid_batch", field);
        Assert.Empty(front.Cluster.OnlySession.Batches);
    }

    [Theory]
    [InlineData("artworkIds"), InlineData("firstNumber"), InlineData("report.displayed"), InlineData("report.skipped"), InlineData("report.reason"), InlineData("report.attempts")]
    public async Task MissingMemberIsCalledMissing(string member)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();

        var refused = await client.PostTextAsync(Path, Change(sessionId, member, "null")).AssertProblemAsync(400, "invalid_batch", member);

        Assert.StartsWith($"{member.Split('.')[^1]} is missing.", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyDisplayTimesAreRefused()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        string Body(int count) => Change(sessionId, "report.displayMs", $"[{string.Join(',', Enumerable.Repeat(5, count))}]");
        Assert.Equal(HttpStatusCode.OK, (await client.PostTextAsync(Path, Body(200))).StatusCode);
        await client.PostTextAsync(Path, Body(201)).AssertProblemAsync(400, "invalid_batch", "report.displayMs");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("not json")]
    [InlineData("{} {}")]
    public async Task WrongJsonIsAnInvalidBatch(string body)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        await client.PostTextAsync(Path, body).AssertProblemAsync(400, "invalid_batch", "body");
        await client.PostTextAsync("/api/artworks/5/impression", body).AssertProblemAsync(400, "invalid_batch", "body");
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON", true)]
    [InlineData("text/plain", true)]
    [InlineData("application/xml", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("text/html", false)]
    public async Task OnlyJsonAndBeaconsAreRead(string mediaType, bool taken)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var single = $$"""{"sessionId":"{{sessionId}}"}""";
        (string Path, string Body)[] posts = [(Path, Clients.Batch(sessionId)), ("/api/artworks/5/impression", single), ($"/api/sessions/{sessionId}/end", "{}")];
        foreach (var (path, body) in posts)
        {
            var sent = client.PostTextAsync(path, body, mediaType);
            if (taken)
            {
                Assert.True((await sent).IsSuccessStatusCode);
            }
            else
            {
                await sent.AssertProblemAsync(415, "unsupported_media_type");
            }
        }
    }

    [Fact]
    public async Task BodyWithoutATypeOrInAnotherCharsetIsRefused()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var bytes = new ByteArrayContent(Encoding.UTF8.GetBytes(Clients.Batch(Guid.CreateVersion7())));
        await client.SendAsync(HttpMethod.Post, Path, [], bytes).AssertProblemAsync(415, "unsupported_media_type");
        var latin = new ByteArrayContent(Encoding.UTF8.GetBytes(Clients.Batch(Guid.CreateVersion7())));
        latin.Headers.ContentType = new("application/json") { CharSet = "iso-8859-1" };
        await client.SendAsync(HttpMethod.Post, Path, [], latin).AssertProblemAsync(415, "unsupported_media_type");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodyOverSixtyFourKibibytesIsRefusedHoweverItIsSent(bool chunked)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        async Task<HttpResponseMessage> SendAsync(int bytes)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Clients.Json(Clients.Batch(sessionId).PadRight(bytes)) };
            request.Headers.TransferEncodingChunked = chunked;
            return await client.SendAsync(request, FrontEnd.Cancelled);
        }
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(64 * 1024)).StatusCode);
        await SendAsync((64 * 1024) + 1).AssertProblemAsync(413, "body_too_large");
        Assert.Single(front.Cluster.OnlySession.Batches);
    }

    [Fact]
    public async Task SessionOfAnotherListenerLooksLikeNone()
    {
        await using var front = await FrontEnd.StartAsync();
        using var owner = await front.SignInAsync();
        using var thief = await front.SignInAsync();
        var sessionId = await owner.OpenSessionIdAsync();
        foreach (var named in new[] { sessionId, Guid.CreateVersion7() })
        {
            await thief.PostBatchAsync(named).AssertProblemAsync(404, "session_not_found");
            await thief.PostTextAsync("/api/artworks/5/impression", $$"""{"sessionId":"{{named}}"}""").AssertProblemAsync(404, "session_not_found");
            await thief.PostTextAsync($"/api/sessions/{named}/end", "{}").AssertProblemAsync(404, "session_not_found");
            await thief.FetchAsync($"/api/artworks/fresh?sessionId={named}").AssertProblemAsync(404, "session_not_found");
        }
        Assert.Equal(HttpStatusCode.OK, (await owner.PostBatchAsync(sessionId)).StatusCode);
    }

    [Fact]
    public async Task SingleImpressionIsABatchOfOne()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var answer = await client.PostTextAsync("/api/artworks/5/impression", $$"""{"sessionId":"{{sessionId}}"}""");
        Assert.Equal("""{"recorded":1,"duplicates":0,"repeats":0,"revisits":0,"unserved":0,"unknown":[],"highWater":1}""", await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await client.PostTextAsync("/api/artworks/6/impression", $$"""{"sessionId":"{{sessionId}}","number":2}""")).StatusCode);

        var batches = front.Cluster.OnlySession.Batches;
        Assert.Equal([5], batches[0].ArtworkIds);
        Assert.Null(batches[0].FirstNumber);
        Assert.Equal(2, batches[1].FirstNumber);
        Assert.NotEqual(batches[0].BatchId, batches[1].BatchId);
    }

    [Theory]
    [InlineData("abc", "{}", "sessionId")]
    [InlineData("abc", null, "id")]
    [InlineData("-1", null, "id")]
    [InlineData("1.5", null, "id")]
    [InlineData("9007199254740992", null, "id")]
    [InlineData("5", "\"genomes\":[\"1-silk\"]", "id")]
    [InlineData("-5", "\"genomes\":[null]", "id")]
    [InlineData("-5", "\"genomes\":[\"\"]", "genomes[0]")]
    [InlineData("--5", "\"genomes\":[\"1-silk\"]", "id")]
    [InlineData("5", "\"number\":0", "number")]
    [InlineData("5", "\"number\":10000001", "number")]
    [InlineData("5", "\"number\":\"1\"", "number")]
    [InlineData("5", "\"report\":{}", "report.displayed")]
    public async Task InvalidSingleImpressionIsRefusedWithItsField(string id, string? member, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var body = member == "{}" ? member : $$"""{"sessionId":"{{Guid.CreateVersion7()}}"{{(member is null ? "" : "," + member)}}}""";
        await client.PostTextAsync($"/api/artworks/{id}/impression", body).AssertProblemAsync(400, "invalid_batch", field);
    }

    [Theory]
    [InlineData(SessionOutcome.NumbersScattered, "firstNumber")]
    [InlineData(SessionOutcome.InvalidGenome, "genomes")]
    public async Task RefusalsOfTheSessionNameTheirField(SessionOutcome outcome, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        front.Cluster.Forced = outcome;
        await client.PostBatchAsync(sessionId).AssertProblemAsync(400, "invalid_batch", field);
    }

    [Theory]
    [InlineData(SessionOutcome.SessionNotFound, 404, "session_not_found")]
    [InlineData(SessionOutcome.Unavailable, 503, "unavailable")]
    [InlineData(SessionOutcome.Unavailable, 429, "session_busy", true)]
    [InlineData(SessionOutcome.SessionEnded, 500, "unexpected")]
    [InlineData((SessionOutcome)77, 503, "unavailable")]
    public async Task OutcomesOfABatchAreMapped(SessionOutcome outcome, int status, string code, bool isBusy = false)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        (front.Cluster.Forced, front.Cluster.IsBusy) = (outcome, isBusy);
        await client.PostBatchAsync(sessionId).AssertProblemAsync(status, code);
        await client.PostTextAsync("/api/artworks/5/impression", $$"""{"sessionId":"{{sessionId}}"}""").AssertProblemAsync(status, code);
    }

    // A good batch of three with one member put in place of its own.
    private static string Change(Guid sessionId, string member, string json)
    {
        var body = JsonNode.Parse(Clients.Batch(sessionId))!.AsObject();
        body["report"] = JsonSerializer.SerializeToNode(new { displayed = 1, skipped = 0, transport = "fetch", reason = "size", attempts = 1 });
        var (parent, name) = member.Split('.') is ["report", var inner] ? (body["report"]!.AsObject(), inner) : (body, member);
        parent[name] = "PUT HERE";
        return body.ToJsonString().Replace("\"PUT HERE\"", json, StringComparison.Ordinal);
    }
}
