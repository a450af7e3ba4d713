using System.Collections.Immutable;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The answer to a fresh-art request, copied from cached JSON.</summary>
internal sealed class FreshAnswer(ImmutableArray<Artwork> artworks, ArtworkRenderings renderings) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var length = "{\"artworks\":[]}"u8.Length + Math.Max(0, artworks.Length - 1);
        foreach (var artwork in artworks)
        {
            length += renderings.Of(artwork).Length;
        }
        var rest = WholeAnswer.Begin(httpContext.Response, length);
        WholeAnswer.Write("{\"artworks\":["u8, ref rest);
        for (var i = 0; i < artworks.Length; i++)
        {
            if (i > 0)
            {
                WholeAnswer.Write(","u8, ref rest);
            }
            WholeAnswer.Write(renderings.Of(artworks[i]), ref rest);
        }
        WholeAnswer.Write("]}"u8, ref rest);
        return WholeAnswer.EndAsync(httpContext, length).AsTask();
    }
}
