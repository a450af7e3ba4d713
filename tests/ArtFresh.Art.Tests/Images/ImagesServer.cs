using System.Collections.Concurrent;
using System.Text.Json;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Art.Tests;

/// <summary>A request that the server received.</summary>
public sealed record ImagesRequest(string Method, string Path, string? Authorization, JsonElement Body);

/// <summary>A fake images API. The test decides its answers, valid or not.</summary>
public sealed class ImagesServer : IAsyncDisposable
{
    private LoopbackSite? _site;
    private readonly ConcurrentQueue<ImagesRequest> _requests = new();

    /// <summary>Answers the n-th request, counted from 0.</summary>
    public Func<HttpContext, int, Task> Answer { get; set; } = (context, _) => SendPictureAsync(context, Samples.Png(256, 192));

    public IReadOnlyList<ImagesRequest> Requests => [.. _requests];

    /// <summary>The server's address, without a final slash.</summary>
    public string Address => _site!.Address.ToString().TrimEnd('/');

    public int Port => new Uri(Address).Port;

    public static async Task<ImagesServer> StartAsync()
    {
        var server = new ImagesServer();
        server._site = await LoopbackSite.StartAsync(server.HandleAsync);
        return server;
    }

    public static Task SendPictureAsync(HttpContext context, byte[] picture) =>
        context.Response.WriteAsJsonAsync(new { created = 1, data = new[] { new { b64_json = Convert.ToBase64String(picture) } } });

    public static Task SendAddressAsync(HttpContext context, string address) =>
        context.Response.WriteAsJsonAsync(new { created = 1, data = new[] { new { url = address } } });

    public static Task SendErrorAsync(HttpContext context, int status, string message, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsJsonAsync(new { error = new { message, type = "some_error" } });
    }

    public ValueTask DisposeAsync() => _site!.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.ContentLength > 0 || context.Request.Method == "POST" ? context.Request.Body : new MemoryStream("{}"u8.ToArray()));
        int number;
        lock (_requests)
        {
            number = _requests.Count;
            _requests.Enqueue(new ImagesRequest(context.Request.Method, context.Request.Path, context.Request.Headers.Authorization, body.RootElement.Clone()));
        }

        try
        {
            await Answer(context, number);
        }
        catch (OperationCanceledException)
        {
            // The client closed the connection, as some tests intend.
        }
    }
}
