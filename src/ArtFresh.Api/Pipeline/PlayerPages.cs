using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace ArtFresh.Api;

/// <summary>Serves the player's files, the operators' page at /ops, and the player's page at every address that belongs to neither a file nor the API.</summary>
internal static partial class PlayerPages
{
    /// <summary>The browser library for pages without a bundler, of the version that runs. Pages of any origin may load it, also under the version's name.</summary>
    private const string Library = "/artfresh.js";

    private static readonly string[] ReservedSegments = ["/api", "/art", "/assets", "/music", "/healthz", "/metrics", "/openapi", "/ops"];

    /// <summary>Must follow routing, because requests with an endpoint are passed on, even if it only refuses the method.</summary>
    public static void UsePlayerPages(this IApplicationBuilder app, ApiOptions options)
    {
        var environment = app.ApplicationServices.GetRequiredService<IWebHostEnvironment>();
        var root = options.PlayerDirectory ?? environment.WebRootPath ?? Path.Combine(environment.ContentRootPath, "wwwroot");
        IFileProvider files = Directory.Exists(root) ? new PhysicalFileProvider(Path.GetFullPath(root)) : new NullFileProvider();
        app.Use((http, next) =>
        {
            if (http.GetEndpoint() is not null || PageOf(http.Request) is not { } page)
            {
                return next(http);
            }
            if (!files.GetFileInfo(page).Exists)
            {
                return Problems.PlayerNotBuilt.ExecuteAsync(http);
            }
            http.Request.Path = "/" + page;
            return next(http);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = sent => Describe(sent.Context.Request.Path, sent.Context.Response.Headers),
        });
    }

    private static void Describe(PathString path, IHeaderDictionary headers)
    {
        var isLibrary = LibraryName().IsMatch(path.Value ?? "");
        // Names under /assets contain a hash of the content, the library's its version. All other files may change with each build.
        headers.CacheControl = path.StartsWithSegments("/assets") || (isLibrary && !path.Equals(Library, StringComparison.Ordinal))
            ? "public, max-age=31536000, immutable"
            : "no-cache";
        if (isLibrary)
        {
            headers.AccessControlAllowOrigin = "*";
            headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        }
    }

    [GeneratedRegex(@"^/artfresh(-\d[\w.-]*)?\.js$")]
    private static partial Regex LibraryName();

    /// <summary>The file of a page's address; null if the address is not a page. The operators' page is public: it contains no figures.</summary>
    private static string? PageOf(HttpRequest request)
    {
        var path = request.Path;
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || Path.HasExtension(path.Value))
        {
            return null;
        }
        if (path.Equals("/ops", StringComparison.Ordinal) || path.Equals("/ops/", StringComparison.Ordinal))
        {
            return "ops.html";
        }
        return Array.Exists(ReservedSegments, segment => path.StartsWithSegments(segment)) ? null : "index.html";
    }
}
