using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task EveryEndpointIsDescribedWithAllItsStatuses()
    {
        await using var front = await FrontEnd.StartAsync();
        var document = await (await front.Anonymous.FetchAsync("/openapi/v1.json")).JsonAsync();
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation =>
                $"{operation.Name.ToUpperInvariant()} {path.Name} {string.Join(',', operation.Value.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).Order())}"))
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "DELETE /api/artworks/{id}/keep 204,401,403,404,409,429,500,503",
                "DELETE /api/listeners/me 202,401,403,409,429,500,503",
                "GET /api/artworks/fresh 200,400,401,404,409,429,500,503",
                "GET /api/artworks/{id} 200,401,404,429,500,503",
                "GET /api/listeners/me/artworks 200,400,401,409,429,500,503",
                "GET /api/listeners/me/export 200,401,409,429,500,503",
                "GET /api/listeners/me/kept 200,400,401,409,429,500,503",
                "GET /api/music 200,429,500",
                "GET /api/ops/audit 200,400,401,403,429,500,503",
                "GET /api/ops/cluster 200,401,403,429,500,503",
                "GET /api/ops/held 200,400,401,403,429,500,503",
                "GET /api/ops/held/{id}/picture 200,400,401,403,404,429,500,503",
                "GET /api/ops/kpis 200,400,401,403,429,500,503",
                "GET /api/ops/legacy 200,401,403,429,500,503",
                "GET /api/ops/live 200,400,401,403,429,500,503",
                "GET /api/ops/pulse 200,401,403,429,500",
                "GET /api/ops/releases 200,401,403,429,500,503",
                "GET /api/ops/request 200,401,403,429,500",
                "GET /api/ops/sessions/{id} 200,400,401,403,404,429,500,503",
                "GET /api/withdrawals 200,400,429,500,503",
                "GET /art/{id}.png 200,304,400,404,410,429,500,503",
                "HEAD /art/{id}.png 200,304,400,404,410,429,500,503",
                "POST /api/artworks/batch-impressions 200,400,401,403,404,410,413,415,429,500,503",
                "POST /api/artworks/{id}/impression 200,400,401,403,404,413,415,429,500,503",
                "POST /api/listeners/join 200,400,401,403,409,410,413,415,429,500,503",
                "POST /api/listeners/me/shown 200,400,401,403,413,415,429,500,503",
                "POST /api/ops/artworks/{id}/withdraw 200,400,401,403,404,413,415,429,500,503",
                "POST /api/ops/held/{id}/approve 204,400,401,403,404,413,415,429,500,503",
                "POST /api/ops/held/{id}/refuse 204,400,401,403,404,413,415,429,500,503",
                "POST /api/ops/releases/{release}/delivery 200,400,401,403,413,415,429,500,503",
                "POST /api/ops/strikes 200,400,401,403,404,413,415,429,500,503",
                "POST /api/sessions 201,400,401,403,409,413,415,429,500,503",
                "POST /api/sessions/{id}/end 204,400,401,403,404,413,415,429,500,503",
                "POST /api/sign-in/guest 200,401,403,429,500",
                "POST /api/sign-out 204,403,429,500",
                "PUT /api/artworks/{id}/keep 204,401,403,404,409,429,500,503",
                "PUT /api/ops/releases/{release} 204,400,401,403,413,415,429,500,503",
            ],
            described);
    }

    /// <summary>RFC 9110, section 9.3.2. The stream of live figures has no end to wait for.</summary>
    [Fact]
    public async Task HeadIsAnsweredAsGetWithoutABody()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var document = await (await front.Anonymous.FetchAsync("/openapi/v1.json")).JsonAsync();
        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("get", out _)).Select(path => path.Name.Replace("{id}", "7", StringComparison.Ordinal)).Where(path => path != "/api/ops/live"), "/openapi/v1.json"];
        foreach (var path in paths)
        {
            var (get, head) = (await client.FetchAsync(path), await client.SendAsync(HttpMethod.Head, path, []));
            Assert.True(get.StatusCode == head.StatusCode, $"{path}: {get.StatusCode} for GET, {head.StatusCode} for HEAD");
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(FrontEnd.Cancelled));
        }
        Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, (await client.SendAsync(HttpMethod.Head, "/api/sessions", [])).StatusCode);
    }

    /// <summary>To make it takes 30 ms of processor time, and strangers ask for it by the thousand.</summary>
    [Fact]
    public async Task DocumentIsMadeOnce()
    {
        var made = 0;
        await using var front = await FrontEnd.StartAsync(more: services => services.Configure<OpenApiOptions>("v1", document => document.AddDocumentTransformer((_, _, _) =>
        {
            Interlocked.Increment(ref made);
            return Task.CompletedTask;
        })));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => front.Anonymous.FetchAsync("/openapi/v1.json")));

        Assert.All(answers, answer => Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task BodiesParametersAndRefusalsHaveTheirSchemas()
    {
        await using var front = await FrontEnd.StartAsync();
        var document = await (await front.Anonymous.FetchAsync("/openapi/v1.json")).JsonAsync();
        var paths = document.GetProperty("paths");
        var batch = paths.GetProperty("/api/artworks/batch-impressions").GetProperty("post");
        Assert.NotEmpty(batch.GetProperty("summary").GetString()!);
        var content = batch.GetProperty("requestBody").GetProperty("content");
        Assert.Equal(["application/json", "text/plain"], content.EnumerateObject().Select(type => type.Name));
        var ids = Resolve(document, content.GetProperty("application/json").GetProperty("schema")).GetProperty("properties").GetProperty("artworkIds");
        Assert.Equal("integer", ids.GetProperty("items").GetProperty("type").GetString());
        var refusal = batch.GetProperty("responses").GetProperty("400").GetProperty("content").GetProperty("application/problem+json").GetProperty("schema");
        Assert.True(Resolve(document, refusal).GetProperty("properties").TryGetProperty("code", out _));
        var recorded = batch.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Equal(["recorded", "duplicates", "repeats", "revisits", "unserved", "unknown", "highWater", "earlier", "epoch", "withdrawn"],
            Resolve(document, recorded).GetProperty("properties").EnumerateObject().Select(member => member.Name));

        var parameters = paths.GetProperty("/api/artworks/fresh").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Select(parameter => (parameter.GetProperty("name").GetString(), parameter.GetProperty("schema").GetProperty("type").GetString(),
                parameter.TryGetProperty("required", out var required) && required.GetBoolean()));
        Assert.Equal(
            [("sessionId", "string", true), ("count", "integer", false), ("valence", "number", false), ("energy", "number", false), ("requestId", "string", false), ("collection", "string", false)],
            parameters);
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name))
        : schema;
}
