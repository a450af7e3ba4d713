using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ArtFresh.TestWorld;

/// <summary>An HTTP server on loopback whose answers the test decides.</summary>
public sealed class LoopbackSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackSite(WebApplication app) => _app = app;

    /// <summary>Its address, with a final slash.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <param name="answer">Answers every request.</param>
    /// <param name="certificate">Makes it HTTPS; null for HTTP.</param>
    /// <param name="port">0 for one that is free.</param>
    public static async Task<LoopbackSite> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"{(certificate is null ? "http" : "https")}://127.0.0.1:{port}");
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
        });
        var site = new LoopbackSite(builder.Build());
        site._app.Run(answer);
        await site._app.StartAsync();
        return site;
    }

    /// <summary>Closes it and all connections, as a crash would.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
