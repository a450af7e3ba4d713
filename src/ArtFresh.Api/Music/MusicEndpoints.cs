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
        .MapGet("/music", (SongListing listing) => new SlicedAnswer(listing.Body(), "application/json; charset=utf-8"))
        .WithName("ListMusic")
        .WithSummary("Lists the songs in the operator's music directory, with the url of each file.")
        .Produces<MusicBody>()
        .Refuses(429);

    /// <summary>Serves <c>/music/…</c> with ranges and ETags: only audio files, and only those in the directory.</summary>
    public static void UseMusicFiles(this IApplicationBuilder app, ApiOptions options)
    {
        Authentication.CreatePrivateDirectory(options.MusicDirectory);
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = "/music",
            FileProvider = new PhysicalFileProvider(options.MusicDirectory),
            ContentTypeProvider = new FileExtensionContentTypeProvider(new Dictionary<string, string>(SongLibrary.MediaTypes, StringComparer.OrdinalIgnoreCase)),
            OnPrepareResponse = sent => sent.Context.Response.Headers.CacheControl = "no-cache",
        });
    }
}
