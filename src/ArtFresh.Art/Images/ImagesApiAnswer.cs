using System.Text.Json;

namespace ArtFresh.Art;

/// <summary>An images API's answer: either the picture's bytes or the address to fetch them from.</summary>
internal sealed record ImagesApiAnswer(byte[]? Picture, string? Address)
{
    private const int ErrorLengthMax = 200;
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    /// <summary>Reads a success's body: <c>{"data": [{"b64_json": …} or {"url": …}]}</c>.</summary>
    /// <exception cref="ArtGenerationException">The body has another format; the message quotes an error in it.</exception>
    public static ImagesApiAnswer Parse(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Bounded);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0
                && data[0].ValueKind == JsonValueKind.Object && FirstOf(data[0]) is { } answer)
            {
                return answer;
            }
        }
        catch (JsonException broken)
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API answered with success but sent something that is not JSON.", broken);
        }

        throw new ArtGenerationException(
            ArtGenerationFault.Untrue,
            ErrorOf(body) is { } error ? $"The images API answered with success but sent an error: {error}" : "The images API answered 200 but sent JSON without a picture in data[0].");
    }

    /// <summary>The message of an error's body (<c>{"error": {"message": …}}</c> or <c>{"error": …}</c>), on one line of at most 200 characters; null if it has none.</summary>
    public static string? ErrorOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Bounded);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error))
            {
                return null;
            }

            var message = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var inner) ? inner : error;
            var text = message.ValueKind == JsonValueKind.String ? DescriptiveMetadata.Tidy(message.GetString()) : null;
            return text?[..Math.Min(text.Length, ErrorLengthMax)];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ImagesApiAnswer? FirstOf(JsonElement item)
    {
        if (item.TryGetProperty("b64_json", out var base64) && base64.ValueKind == JsonValueKind.String)
        {
            return base64.TryGetBytesFromBase64(out var picture)
                ? new ImagesApiAnswer(picture, null)
                : throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API sent a b64_json that is not base64.");
        }

        return item.TryGetProperty("url", out var address) && address.ValueKind == JsonValueKind.String ? new ImagesApiAnswer(null, address.GetString()) : null;
    }
}
