using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The answers of the hot requests, written in one piece with their length known.</summary>
internal static class HotAnswers
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Fresh art, copied from the renderings.</summary>
    public sealed class Fresh(ImmutableArray<Artwork> artworks, ArtworkRenderings renderings) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var length = "{\"artworks\":[]}"u8.Length + Math.Max(0, artworks.Length - 1);
            foreach (var artwork in artworks)
            {
                length += renderings.Of(artwork).Length;
            }
            var rest = Begin(httpContext.Response, length);
            Write("{\"artworks\":["u8, ref rest);
            for (var i = 0; i < artworks.Length; i++)
            {
                if (i > 0)
                {
                    Write(","u8, ref rest);
                }
                Write(renderings.Of(artworks[i]), ref rest);
            }
            Write("]}"u8, ref rest);
            return EndAsync(httpContext, length).AsTask();
        }
    }

    /// <summary>What became of a batch.</summary>
    public sealed class Recorded(RecordBatchResult result, EarlierBody[]? earlier) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new RecordedBody(result.Recorded, result.Duplicates, result.Repeats, result.Unserved, result.Unknown.IsDefault ? [] : result.Unknown, result.HighWater, earlier),
                ApiJson.Default.RecordedBody);
            var rest = Begin(httpContext.Response, body.Length);
            Write(body, ref rest);
            return EndAsync(httpContext, body.Length).AsTask();
        }
    }

    private static Span<byte> Begin(HttpResponse response, int length)
    {
        response.ContentType = Json;
        response.ContentLength = length;
        return response.BodyWriter.GetSpan(length);
    }

    private static void Write(ReadOnlySpan<byte> part, ref Span<byte> rest)
    {
        part.CopyTo(rest);
        rest = rest[part.Length..];
    }

    private static ValueTask<FlushResult> EndAsync(HttpContext http, int length)
    {
        http.Response.BodyWriter.Advance(length);
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
