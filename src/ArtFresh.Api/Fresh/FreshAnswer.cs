using System.Collections.Immutable;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The answer to a fresh-art request, copied from cached JSON.</summary>
internal sealed class FreshAnswer(TakeFreshResult taken, ArtworkRenderings renderings) : IResult
{
    private static readonly byte[] Ending = "]}"u8.ToArray();

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var artworks = taken.Artworks;
        var ending = EndingOf(taken.Withdrawn);
        var length = "{\"artworks\":["u8.Length + Math.Max(0, artworks.Length - 1) + ending.Length;
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
        WholeAnswer.Write(ending, ref rest);
        return WholeAnswer.EndAsync(httpContext, length).AsTask();
    }

    private static byte[] EndingOf(ImmutableArray<long> withdrawn) =>
        withdrawn.IsDefaultOrEmpty ? Ending : [.. "],\"withdrawn\":"u8, .. JsonSerializer.SerializeToUtf8Bytes([.. withdrawn], ApiJson.Default.Int64Array), (byte)'}'];
}
