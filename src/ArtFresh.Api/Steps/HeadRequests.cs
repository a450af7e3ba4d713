using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>Answers HEAD as GET without the body (RFC 9110, section 9.3.2) wherever the API takes GET. Pages, pictures and songs know HEAD by themselves.</summary>
internal static class HeadRequests
{
    private static readonly string[] Paths = ["/api", "/openapi"];

    public static void UseHeadRequests(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (!HttpMethods.IsHead(http.Request.Method) || !Array.Exists(Paths, path => http.Request.Path.StartsWithSegments(path)) || http.Request.Path.Equals(LiveFiguresEndpoint.Path))
        {
            await next(http);
            return;
        }
        // Kestrel knows the method as it arrived, and sends no body.
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    });
}
