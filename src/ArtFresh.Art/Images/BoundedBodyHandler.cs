using System.Net.Http.Headers;

namespace ArtFresh.Art;

/// <summary>Reads each answer's body inside the attempt, up to a size limit, so that the attempt's time limit and retries cover the body as well.</summary>
internal sealed class BoundedBodyHandler : DelegatingHandler
{
    /// <summary>Maximum size of an answer: 32 MiB, enough for a 4096 x 4096 PNG in base64.</summary>
    public const int BytesMax = 32 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            var streamed = response.Content;
            response.Content = await TakeAsync(streamed, cancellationToken);
            streamed.Dispose();
            return response;
        }
        catch (IOException broken)
        {
            // The exception of a connection that breaks before the body; retries handle it.
            response.Dispose();
            throw new HttpRequestException("The connection broke in the middle of the answer.", broken);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task<ByteArrayContent> TakeAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > BytesMax)
        {
            throw TooLong();
        }

        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        using var taken = new MemoryStream(content.Headers.ContentLength is { } length ? (int)length : 0);
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (taken.Length + read > BytesMax)
            {
                throw TooLong();
            }

            taken.Write(buffer, 0, read);
        }

        var whole = new ByteArrayContent(taken.GetBuffer(), 0, (int)taken.Length);
        whole.Headers.ContentType = content.Headers.ContentType is { } type ? MediaTypeHeaderValue.Parse(type.ToString()) : null;
        return whole;
    }

    private static ArtGenerationException TooLong() =>
        new(ArtGenerationFault.Untrue, $"The images API's answer is larger than {BytesMax} bytes.");
}
