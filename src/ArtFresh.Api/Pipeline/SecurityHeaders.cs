using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>Adds security headers to every answer. Headers that an endpoint has set stay.</summary>
internal static class SecurityHeaders
{
    // Sound may come from anywhere: a listener plays a stream by its address.
    private const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: https: http:; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app, ApiOptions options)
    {
        var hsts = options.Hsts > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"max-age={(long)options.Hsts.TotalSeconds}") : null;
        app.Use((http, next) =>
        {
            if (hsts is not null && http.Request.IsHttps)
            {
                http.Response.Headers.StrictTransportSecurity = hsts;
            }
            http.Response.OnStarting(static state => Complete((HttpContext)state), http);
            return next(http);
        });
    }

    private static Task Complete(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        if (http.Request.Path.StartsWithSegments("/api"))
        {
            // The answers are not documents, so documents' rights are denied.
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
            headers.TryAdd("Cache-Control", "no-store");
            return Task.CompletedTask;
        }
        headers.TryAdd("Content-Security-Policy", ContentSecurityPolicy);
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        // Pages of allowed origins show the pictures.
        headers.TryAdd("Cross-Origin-Resource-Policy", http.Request.Path.StartsWithSegments("/art") ? "cross-origin" : "same-origin");
        return Task.CompletedTask;
    }
}
