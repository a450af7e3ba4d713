using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace ArtFresh.Api;

/// <summary>A parsed JSON body, or the refusal.</summary>
internal readonly record struct PostedBody<T>(T? Value, Problem? Refusal, int Bytes = 0) where T : class
{
    public void Deconstruct(out T? value, out Problem? refusal) => (value, refusal) = (Value, Refusal);
}

/// <summary>Reads one kind of body.</summary>
/// <param name="Beacons">Whether to accept <c>text/plain</c>: a beacon from another origin can send nothing else without a preflight.</param>
/// <param name="Optional">Whether a missing body counts as an empty object.</param>
/// <param name="Invalid">Makes the refusal of a malformed body, from the field and the detail.</param>
internal sealed record BodyRules(bool Beacons, bool Optional, Func<string, string, Problem> Invalid)
{
    public static BodyRules Batch { get; } = new(Beacons: true, Optional: false, Problems.InvalidBatch);

    public static BodyRules OpenSession { get; } = new(Beacons: false, Optional: true, Problems.InvalidRequest);

    public static BodyRules ReleaseChange { get; } = new(Beacons: false, Optional: false, Problems.InvalidRequest);

    public static BodyRules Join { get; } = new(Beacons: false, Optional: true, Problems.InvalidRequest);

    public static BodyRules Offer { get; } = new(Beacons: false, Optional: false, Problems.InvalidRequest);

    public static BodyRules EndSession { get; } = new(Beacons: true, Optional: true, Problems.InvalidRequest);

    /// <summary>
    /// Chooses between two refusals. The sign-in's comes first, because a malformed body contains no token. A body that was not read to its end comes before it, because it may
    /// contain a token.
    /// </summary>
    public static Problem? FirstRefusal(Problem? unread, Problem? unidentified) => unread is { IsOfPartOfBody: true } ? unread : unidentified ?? unread;

    /// <summary>Reads a body of at most <see cref="Limits.BodyBytesMax"/> bytes, whatever its headers claim. Ignores members that <paramref name="shape"/> does not have.</summary>
    public async ValueTask<PostedBody<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> shape) where T : class, new()
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            // Before its type, which a request without a body does not have.
            return Optional ? new(new T(), null) : new(null, Missing);
        }
        if (!TakesMediaType(request))
        {
            return new(null, Problems.UnsupportedMediaType(Beacons));
        }
        var held = default(HeldBody);
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
                    var body = Parse(read.Buffer, shape) with { Bytes = (int)read.Buffer.Length };
                    reader.AdvanceTo(read.Buffer.End);
                    return body;
                }
                if (held.Refuse(request) is { } refusal)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return new(null, refusal);
                }
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            return new(null, RefusalOf(failure, request.HttpContext));
        }
        finally
        {
            held.End();
        }
    }

    private static Problem RefusalOf(Exception failure, HttpContext http)
    {
        switch (failure)
        {
            case BadHttpRequestException bad:
                EndConnection(http);
                return bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Problems.BodyTooLarge : Problems.BodyBroken(bad.StatusCode);
            // The end of a connection may reach the body before RequestAborted.
            case ConnectionResetException or OperationCanceledException:
                // Otherwise Kestrel would try to read the rest, and log a warning.
                http.Abort();
                EndConnection(http);
                return Problems.ClientGone;
            // Kestrel throws this for a chunk's size that overflows.
            default:
                return Problems.BodyBroken(StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>Where the next request begins is not known. Else Kestrel would look for it, and log each hang-up as a warning with its stack.</summary>
    private static void EndConnection(HttpContext http) => http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    private PostedBody<T> Parse<T>(ReadOnlySequence<byte> bytes, JsonTypeInfo<T> shape) where T : class, new()
    {
        if (bytes.IsEmpty)
        {
            return Optional ? new(new T(), null) : new(null, Missing);
        }
        try
        {
            return JsonSerializer.Deserialize(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), shape) is { } value
                ? new(value, null)
                : new(null, Invalid("body", "The body must be a JSON object."));
        }
        catch (JsonException wrong)
        {
            if (FindBreak(bytes) is { } broken)
            {
                return new(null, Invalid("body", broken));
            }
            var field = wrong.Path is ['$', '.', .. var path] ? path : "body";
            return new(null, Invalid(field, $"'{field}' does not match /openapi/v1.json, or the body is not JSON in UTF-8."));
        }
    }

    private Problem Missing => Invalid("body", "The body is missing. Send a JSON object.");

    /// <summary>Where the JSON itself is broken: the parser blames the member that it was at. Null where it is well-formed.</summary>
    private static string? FindBreak(ReadOnlySequence<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException broken)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"The body is not valid JSON, or is nested too deep: see line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}.");
        }
    }

    /// <summary>What a body takes while a part of it is awaited.</summary>
    private struct HeldBody
    {
        private HeldBytes? _counted;
        private Network _network;
        private int _bytes;

        /// <summary>Counts the whole body, once; the refusal where its network has too many unfinished ones.</summary>
        public Problem? Refuse(HttpRequest request)
        {
            if (_counted is not null)
            {
                return null;
            }
            var bodies = request.HttpContext.RequestServices.GetRequiredService<SlowClients>().Bodies;
            (_network, _bytes) = (Network.Of(request.HttpContext), (int)Math.Min(request.ContentLength ?? Limits.BodyBytesMax, Limits.BodyBytesMax));
            if (bodies.Begin(_network, _bytes) is { } refusal)
            {
                return refusal with { IsOfPartOfBody = true };
            }
            _counted = bodies;
            return null;
        }

        public readonly void End() => _counted?.End(_network, _bytes);
    }

    private bool TakesMediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (Beacons && type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
}
