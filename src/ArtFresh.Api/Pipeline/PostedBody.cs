using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ArtFresh.Api;

/// <summary>A JSON body, or why it is none.</summary>
internal readonly record struct PostedBody<T>(T? Value, Problem? Refusal) where T : class;

/// <summary>How one kind of body is read.</summary>
/// <param name="Beacons">Whether <c>text/plain</c> is taken too: a beacon from another origin can send nothing else without a preflight.</param>
/// <param name="Optional">Whether no body at all is taken for an empty one.</param>
/// <param name="Invalid">Makes the refusal of a wrong shape from the field and what is wrong with it.</param>
internal sealed record BodyRules(bool Beacons, bool Optional, Func<string, string, Problem> Invalid)
{
    public static BodyRules Batch { get; } = new(Beacons: true, Optional: false, Problems.InvalidBatch);

    public static BodyRules OpenSession { get; } = new(Beacons: false, Optional: true, Problems.InvalidRequest);

    public static BodyRules ReleaseChange { get; } = new(Beacons: false, Optional: false, Problems.InvalidRequest);

    public static BodyRules EndSession { get; } = new(Beacons: true, Optional: true, Problems.InvalidRequest);

    /// <summary>
    /// Which of two refusals is answered: without a sign-in an unreadable body could hold no token either, so it is the sign-in that is missing;
    /// a body that was not read to its end may have held one.
    /// </summary>
    public static Problem? FirstRefusal(Problem? unread, Problem? unidentified) => unread is { IsOfPartOfBody: true } ? unread : unidentified ?? unread;

    /// <summary>Reads a body of at most <see cref="Limits.BodyBytesMax"/> bytes, whatever its header claims. Members that <paramref name="shape"/> has not are passed over.</summary>
    public async ValueTask<PostedBody<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> shape) where T : class, new()
    {
        if (Optional && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return new(new T(), null);
        }
        if (!TakesMediaType(request))
        {
            return new(null, Problems.UnsupportedMediaType(Beacons));
        }
        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(request.HttpContext.RequestAborted);
                if (read.Buffer.Length > Limits.BodyBytesMax)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return new(null, Problems.BodyTooLarge);
                }
                if (read.IsCompleted)
                {
                    var body = Parse(read.Buffer, shape);
                    reader.AdvanceTo(read.Buffer.End);
                    return body;
                }
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException bad)
        {
            return new(null, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Problems.BodyTooLarge : Problems.BodyBroken(bad.StatusCode));
        }
        // A connection's end may reach the body before it reaches RequestAborted.
        catch (Exception gone) when (gone is ConnectionResetException or OperationCanceledException)
        {
            // Else Kestrel would try to read the rest, and warn that it cannot.
            request.HttpContext.Abort();
            return new(null, Problems.ClientGone);
        }
        // How Kestrel names the size of a chunk that is too large for a number.
        catch (IOException)
        {
            return new(null, Problems.BodyBroken(StatusCodes.Status400BadRequest));
        }
    }

    private PostedBody<T> Parse<T>(ReadOnlySequence<byte> bytes, JsonTypeInfo<T> shape) where T : class, new()
    {
        if (Optional && bytes.IsEmpty)
        {
            return new(new T(), null);
        }
        try
        {
            return JsonSerializer.Deserialize(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), shape) is { } value
                ? new(value, null)
                : new(null, Invalid("body", "The body must be a JSON object."));
        }
        catch (JsonException wrong)
        {
            var field = wrong.Path is ['$', '.', .. var path] ? path : "body";
            return new(null, Invalid(field, $"'{field}' is not what /openapi/v1.json says, or the body is no JSON in UTF-8."));
        }
    }

    private bool TakesMediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (Beacons && type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
}
