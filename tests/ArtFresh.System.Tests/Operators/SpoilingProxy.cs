using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ArtFresh.SystemTests.Operators;

/// <summary>One thing that stands wrongly in front of a server.</summary>
internal sealed record Spoil
{
    /// <summary>Which requests it is about.</summary>
    public Func<HttpRequest, bool> On { get; init; } = _ => true;

    /// <summary>Answers in the server's place.</summary>
    public (int Status, string Body)? Instead { get; init; }

    /// <summary>Passes on what callers say of their address.</summary>
    public bool PassesClaims { get; init; }

    /// <summary>Changes the request that goes to the server.</summary>
    public Action<HttpRequestMessage> Request { get; init; } = _ => { };

    /// <summary>Changes the answer's headers.</summary>
    public Action<IHeaderDictionary> Headers { get; init; } = _ => { };

    /// <summary>Changes the answer's text.</summary>
    public Func<string, string>? Body { get; init; }
}

/// <summary>A proxy in front of a server that spoils one thing. With a certificate it ends TLS, and tells the server who calls.</summary>
internal sealed class SpoilingProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly WebApplication _app;
    private readonly Uri _server;
    private readonly Spoil _spoil;
    private readonly X509Certificate2? _certificate;

    private SpoilingProxy(Uri server, Spoil spoil, X509Certificate2? certificate)
    {
        (_server, _spoil, _certificate) = (server, spoil, certificate);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0");
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate));
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<SpoilingProxy> StartAsync(Uri server, Spoil spoil, X509Certificate2? certificate = null)
    {
        var proxy = new SpoilingProxy(server, spoil, certificate);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        var isSpoilt = _spoil.On(http.Request);
        if (isSpoilt && _spoil.Instead is { } instead)
        {
            http.Response.StatusCode = instead.Status;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(instead.Body);
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(_server, http.Request.Path + http.Request.QueryString));
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        request.Content = body.Length > 0 ? new ByteArrayContent(body.ToArray()) : null;
        foreach (var (name, values) in http.Request.Headers.Where(header => header.Key is not "Host" and not "Content-Length"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
            }
        }

        request.Headers.Host = http.Request.Host.Value;
        if (_certificate is not null)
        {
            Tell(request, "X-Forwarded-Proto", "https");
            if (!_spoil.PassesClaims || !request.Headers.Contains("X-Forwarded-For"))
            {
                Tell(request, "X-Forwarded-For", "127.0.0.1");
            }
        }

        if (isSpoilt)
        {
            _spoil.Request(request);
        }

        using var answer = await _http.SendAsync(request);
        await PassAsync(answer, http.Response, isSpoilt);
    }

    private static void Tell(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.Add(name, value);
    }

    private async Task PassAsync(HttpResponseMessage answer, HttpResponse to, bool isSpoilt)
    {
        to.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Transfer-Encoding" and not "Content-Length"))
        {
            to.Headers[name] = values.ToArray();
        }

        var bytes = await answer.Content.ReadAsByteArrayAsync();
        if (isSpoilt)
        {
            _spoil.Headers(to.Headers);
            bytes = _spoil.Body is null ? bytes : Encoding.UTF8.GetBytes(_spoil.Body(Encoding.UTF8.GetString(bytes)));
        }

        if (answer.StatusCode != HttpStatusCode.NoContent)
        {
            await to.Body.WriteAsync(bytes);
        }
    }
}
