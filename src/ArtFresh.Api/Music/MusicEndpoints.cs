using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace ArtFresh.Api;

/// <summary>The operator's songs.</summary>
internal sealed record MusicBody(SongBody[] Songs);

/// <summary>Lists the operator's songs and serves their files.</summary>
internal static class MusicEndpoints
{
    public static void MapMusic(this IEndpointRouteBuilder api) => api
        .MapGet("/music", (SongListing listing) => TypedResults.Bytes(listing.Body(), "application/json; charset=utf-8"))
        .WithName("ListMusic")
        .WithSummary("The songs that the operator put in the music directory; their files are at the url of each.")
        .Produces<MusicBody>()
        .Refuses(429);

    /// <summary>Serves <c>/music/…</c> with ranges and ETags: audio only, whatever else lies in the directory, and nothing outside of it.</summary>
    public static void UseMusicFiles(this IApplicationBuilder app, ApiOptions options)
    {
        Directory.CreateDirectory(options.MusicDirectory);
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = "/music",
            FileProvider = new PhysicalFileProvider(options.MusicDirectory),
            ContentTypeProvider = new FileExtensionContentTypeProvider(new Dictionary<string, string>(SongLibrary.MediaTypes, StringComparer.OrdinalIgnoreCase)),
            OnPrepareResponse = sent => sent.Context.Response.Headers.CacheControl = "no-cache",
        });
    }
}
