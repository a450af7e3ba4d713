using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Compresses the player's pages, scripts and styles. The API's answers are small, pictures and songs are compressed already, and a compressed answer that holds both a secret and
/// what a stranger says would give the secret away (BREACH): pages hold none.
/// </summary>
internal static class PageCompression
{
    private static readonly string[] Types = ["text/html", "text/css", "text/javascript", "image/svg+xml", "application/manifest+json"];

    private static readonly string[] Others = ["/api", "/art", "/music", "/healthz", "/metrics"];

    public static void AddPageCompression(this IServiceCollection services) => services
        .Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest)
        .Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest)
        .AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = Types;
        });

    public static void UsePageCompression(this IApplicationBuilder app) =>
        app.UseWhen(http => !Array.Exists(Others, other => http.Request.Path.StartsWithSegments(other)), pages => pages.UseResponseCompression());
}
