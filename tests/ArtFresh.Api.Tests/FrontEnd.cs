using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api.Tests;

/// <summary>The front end on a real Kestrel at a port of its own, in front of <see cref="FakeCluster"/>.</summary>
public sealed class FrontEnd : IAsyncDisposable
{
    /// <summary>Sets the address that a request seems to come from.</summary>
    public const string RemoteAddressHeader = "Test-Remote-Address";

    /// <summary>The operators' key where a test names none.</summary>
    public const string OperatorsKey = "the operators' key of tests";

    private readonly WebApplication _app;

    private FrontEnd(WebApplication app, FakeCluster cluster, LogBook log)
    {
        _app = app;
        Cluster = cluster;
        Log = log;
        Anonymous = NewClient();
        Operator = WithBearer(OperatorsKey);
    }

    public FakeCluster Cluster { get; }

    /// <summary>What it has logged.</summary>
    public LogBook Log { get; }

    /// <summary>What its meters belong to.</summary>
    public object Meters => _app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();

    public Uri Address => new(_app.Urls.Single());

    public HttpClient Anonymous { get; }

    public HttpClient Operator { get; }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static string NewDirectory() => Directory.CreateDirectory(Path.Combine(ScratchFolder.Path, Guid.CreateVersion7().ToString("N"))).FullName;

    internal static async Task<FrontEnd> StartAsync(
        Func<ApiOptions, ApiOptions>? configure = null, TimeProvider? clock = null, string? dataDirectory = null, Action<IServiceCollection>? more = null,
        Func<IReadOnlyList<PipelineStep>, IReadOnlyList<PipelineStep>>? changeSteps = null)
    {
        var cluster = new FakeCluster();
        var options = new ApiOptions { DataDirectory = dataDirectory ?? NewDirectory(), Operators = new() { Key = OperatorsKey } };
        var builder = WebApplication.CreateSlimBuilder();
        var log = new LogBook();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(cluster.CreateGrainFactory());
        if (clock is not null)
        {
            builder.Services.AddSingleton(clock);
        }
        builder.Services.AddArtFreshApi(configure?.Invoke(options) ?? options);
        more?.Invoke(builder.Services);
        var app = builder.Build();
        app.Use((http, next) =>
        {
            if (http.Request.Headers[RemoteAddressHeader].ToString() is { Length: > 0 } address)
            {
                http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            }
            return next(http);
        });
        var steps = PipelineSteps.All(app.Services.GetRequiredService<ApiOptions>());
        app.MapArtFreshApi(changeSteps?.Invoke(steps) ?? steps);
        await app.StartAsync(Cancelled);
        return new FrontEnd(app, cluster, log);
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>A client whose requests carry a new guest's cookie.</summary>
    public async Task<HttpClient> SignInAsync()
    {
        var client = NewClient();
        var answer = await client.PostAsync("/api/sign-in/guest", null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        client.DefaultRequestHeaders.Add("Cookie", CookieOf(answer));
        return client;
    }

    public HttpClient WithBearer(string token)
    {
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public static string CookieOf(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];

    /// <summary>Stops it as an operator would: what is under way may end.</summary>
    public Task StopAsync() => _app.StopAsync(Cancelled);

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        Operator.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Clients' requests, and what the answers must be.</summary>
internal static class Clients
{
    public static async Task<JsonElement> OpenSessionAsync(this HttpClient client)
    {
        var answer = await client.PostAsync("/api/sessions", Json("{}"), FrontEnd.Cancelled);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.JsonAsync();
    }

    public static async Task<Guid> OpenSessionIdAsync(this HttpClient client) => (await client.OpenSessionAsync()).GetProperty("sessionId").GetGuid();

    public static Task<HttpResponseMessage> PostBatchAsync(this HttpClient client, Guid sessionId, string? token = null, string mediaType = "application/json") =>
        client.PostTextAsync("/api/artworks/batch-impressions", Batch(sessionId, token), mediaType);

    public static Task<HttpResponseMessage> PostTextAsync(this HttpClient client, string path, string body, string mediaType = "application/json") =>
        client.PostAsync(path, Json(body, mediaType), FrontEnd.Cancelled);

    public static Task<HttpResponseMessage> FetchAsync(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Get, path, headers);

    public static Task<HttpResponseMessage> SendAsync(
        this HttpClient client, HttpMethod method, string path, (string Name, string Value)[] headers, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }
        return client.SendAsync(request, FrontEnd.Cancelled);
    }

    public static StringContent Json(string body, string mediaType = "application/json") => new(body, Encoding.UTF8, mediaType);

    public static string Batch(Guid sessionId, string? token = null) => JsonSerializer.Serialize(new
    {
        sessionId,
        batchId = Guid.CreateVersion7(),
        firstNumber = 1,
        artworkIds = new long[] { 5, 6, 7 },
        token,
    });

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>(FrontEnd.Cancelled);

    /// <summary>The answer is a refusal as RFC 9457 and design.md have it.</summary>
    public static async Task<JsonElement> AssertProblemAsync(this Task<HttpResponseMessage> sent, int status, string code, string? field = null)
    {
        var answer = await sent;
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var body = await answer.JsonAsync();
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.Equal(status, body.GetProperty("status").GetInt32());
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
        Assert.NotEmpty(body.GetProperty("traceId").GetString()!);
        Assert.Equal(field, body.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.Equal(status is 429 or 503 && code != "player_not_built", answer.Headers.RetryAfter is not null);
        if (status == 401)
        {
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }
        return body;
    }

    public static string KeyOf(string listenerId, Guid sessionId) => SessionKey.Of(listenerId, sessionId);
}
