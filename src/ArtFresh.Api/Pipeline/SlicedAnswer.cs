using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// Bytes that are sent slice by slice. Kestrel copies what is written at once into the connection's buffer, whether the client reads it or not: whole, a hundred pictures for a
/// client that reads nothing take a hundred megabytes.
/// </summary>
/// <param name="sent">Called when the answer is over.</param>
internal sealed class SlicedAnswer(byte[] bytes, string contentType, Action? sent = null) : IResult
{
    private const int SliceBytes = 32 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            httpContext.Response.ContentType = contentType;
            httpContext.Response.ContentLength = bytes.Length;
            for (var at = 0; at < bytes.Length && !HttpMethods.IsHead(httpContext.Request.Method); at += SliceBytes)
            {
                await httpContext.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(SliceBytes, bytes.Length - at)), httpContext.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Abort();
        }
        finally
        {
            sent?.Invoke();
        }
    }
}
