using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace ArtFresh.TestWorld;

/// <summary>What a proxy does wrong with one request.</summary>
public sealed record ProxyFault
{
    /// <summary>503 in the server's place; the server never sees the request.</summary>
    public static ProxyFault Unavailable { get; } = new() { Instead = (503, "{\"code\":\"made_up\"}") };

    /// <summary>404 in the server's place, as from a release that has no such endpoint.</summary>
    public static ProxyFault NotFound { get; } = new() { Instead = (404, "{\"code\":\"made_up\"}") };

    /// <summary>The server does the work; its answer is thrown away.</summary>
    public static ProxyFault AnswerLost { get; } = new() { LosesAnswer = true };

    /// <summary>The request waits at the proxy until whoever asked gives up.</summary>
    public static ProxyFault Held { get; } = new() { Delay = Timeout.InfiniteTimeSpan };

    /// <summary>How long the request waits at the proxy.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Which requests it is about.</summary>
    public Func<HttpRequest, bool> On { get; init; } = _ => true;

    /// <summary>Answers in the server's place.</summary>
    public (int Status, string Body)? Instead { get; init; }

    /// <summary>Breaks the connection in place of an answer.</summary>
    public bool LosesAnswer { get; init; }

    /// <summary>Passes on what callers say of their address.</summary>
    public bool PassesClaims { get; init; }

    /// <summary>Changes the request that goes to the server.</summary>
    public Action<HttpRequestMessage> Request { get; init; } = _ => { };

    /// <summary>Changes the answer's headers.</summary>
    public Action<IHeaderDictionary> Headers { get; init; } = _ => { };

    /// <summary>Changes the answer's text.</summary>
    public Func<string, string>? Body { get; init; }
}

/// <summary>One request that reached the proxy.</summary>
/// <param name="Path">With its query.</param>
public sealed record ProxiedRequest(string Method, string Path, string Body, HttpRequest Http);

/// <summary>
/// A proxy on loopback in front of a server, which injects faults on request. Each request has a connection of its own. With a certificate it ends TLS,
/// and names the caller to the server.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Uri _server;
    private readonly bool _isHttps;
    private readonly Func<string, byte[]?> _page;
    private LoopbackSite? _site;
    private FaultLink? _link;

    private FaultProxy(Uri server, bool isHttps, Func<string, byte[]?> page) => (_server, _isHttps, _page) = (server, isHttps, page);

    public Uri Address => new($"{_site!.Address.Scheme}://127.0.0.1:{_link!.Port}/");

    /// <summary>What is done wrong with a request; null for nothing.</summary>
    public Func<ProxiedRequest, ProxyFault?> Decide { get; set; } = _ => null;

    /// <summary>Called for each request that the server answered, with status and body.</summary>
    public Action<ProxiedRequest, int, byte[]> Answered { get; set; } = (_, _, _) => { };

    /// <param name="page">The file for a path that the proxy serves itself, so that it is of the server's origin; null for the server's paths.</param>
    public static async Task<FaultProxy> StartAsync(Uri server, X509Certificate2? certificate = null, Func<string, byte[]?>? page = null)
    {
        var proxy = new FaultProxy(server, certificate is not null, page ?? (_ => null));
        proxy._site = await LoopbackSite.StartAsync(proxy.AnswerAsync, certificate);
        proxy._link = new FaultLink(proxy._site.Address.Port);
        return proxy;
    }

    /// <summary>The network to the proxy: breaks every connection, and refuses new ones until <see cref="Mend"/>.</summary>
    public void Cut() => _link!.Cut();

    public void Mend() => _link!.Mend();

    public async ValueTask DisposeAsync()
    {
        _link?.Dispose();
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // A browser sends a request again by itself where a connection that was used before breaks.
        context.Response.Headers.Connection = "close";
        try
        {
            if (_page(context.Request.Path) is { } file)
            {
                context.Response.ContentType = context.Request.Path.Value!.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";
                context.Response.Headers.CacheControl = "no-cache";
                await context.Response.Body.WriteAsync(file);
                return;
            }

            await PassAsync(context);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            // The server is down, or whoever asked is gone.
            context.Abort();
        }
    }

    private async Task PassAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var proxied = new ProxiedRequest(context.Request.Method, context.Request.GetEncodedPathAndQuery(), Encoding.UTF8.GetString(body.ToArray()), context.Request);
        var fault = Decide(proxied) is { } decided && decided.On(context.Request) ? decided : null;
        await Task.Delay(fault?.Delay ?? TimeSpan.Zero, TimeProvider.System, context.RequestAborted);
        if (fault?.Instead is { } instead)
        {
            context.Response.StatusCode = instead.Status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(instead.Body);
            return;
        }

        using var request = Copy(context.Request, body.ToArray(), fault);
        using var answer = await _http.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Answered(proxied, (int)answer.StatusCode, bytes);
        if (fault is { LosesAnswer: true })
        {
            context.Abort();
            return;
        }

        await SendAsync(answer, bytes, context.Response, fault);
    }

    private HttpRequestMessage Copy(HttpRequest from, byte[] body, ProxyFault? fault)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(_server, from.GetEncodedPathAndQuery()))
        {
            Content = body.Length > 0 ? new ByteArrayContent(body) : null,
        };
        foreach (var (name, values) in from.Headers.Where(header => header.Key is not ("Host" or "Connection" or "Content-Length" or "Transfer-Encoding")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
            }
        }

        request.Headers.ConnectionClose = true;
        request.Headers.Host = from.Host.Value;
        if (_isHttps)
        {
            Replace(request, "X-Forwarded-Proto", "https");
            if (fault is not { PassesClaims: true } || !request.Headers.Contains("X-Forwarded-For"))
            {
                Replace(request, "X-Forwarded-For", "127.0.0.1");
            }
        }

        fault?.Request(request);
        return request;
    }

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.Add(name, value);
    }

    private static async Task SendAsync(HttpResponseMessage answer, byte[] bytes, HttpResponse to, ProxyFault? fault)
    {
        to.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Connection" or "Content-Length" or "Transfer-Encoding")))
        {
            to.Headers[name] = values.ToArray();
        }

        fault?.Headers(to.Headers);
        bytes = fault?.Body is { } change ? Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(bytes))) : bytes;
        if (answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified))
        {
            await to.Body.WriteAsync(bytes);
        }
    }
}
