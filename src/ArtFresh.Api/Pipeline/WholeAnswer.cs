using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>Writes a JSON answer of known length in one piece, straight into the connection's buffer.</summary>
internal static class WholeAnswer
{
    private const string Json = "application/json; charset=utf-8";

    public static Span<byte> Begin(HttpResponse response, int length)
    {
        response.ContentType = Json;
        response.ContentLength = length;
        return response.BodyWriter.GetSpan(length);
    }

    public static void Write(ReadOnlySpan<byte> part, ref Span<byte> rest)
    {
        part.CopyTo(rest);
        rest = rest[part.Length..];
    }

    public static ValueTask<FlushResult> EndAsync(HttpContext http, int length)
    {
        http.Response.BodyWriter.Advance(length);
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
