using System.Text.Json;

namespace ArtFresh.Art;

/// <summary>What an images API answered: the picture's bytes, or where to fetch them. One of the two is there.</summary>
internal sealed record ImagesApiAnswer(byte[]? Picture, string? Address)
{
    private const int SaidLengthMax = 200;
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    /// <summary>Reads a success's body: <c>{"data": [{"b64_json": …} or {"url": …}]}</c>.</summary>
    /// <exception cref="ArtGenerationException">The body is none; an error in it is quoted.</exception>
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
            throw new ArtGenerationException(ArtGenerationFault.Untrue, "The images API said yes and sent something that is not JSON.", broken);
        }

        throw new ArtGenerationException(
            ArtGenerationFault.Untrue,
            ErrorOf(body) is { } said ? $"The images API said yes and sent an error: {said}" : "The images API said yes and sent JSON without a picture in data[0].");
    }

    /// <summary>What an error's body says (<c>{"error": {"message": …}}</c> or <c>{"error": …}</c>), on one line, at most 200 characters; or null.</summary>
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
            var said = message.ValueKind == JsonValueKind.String ? DescriptiveMetadata.Tidy(message.GetString()) : null;
            return said?[..Math.Min(said.Length, SaidLengthMax)];
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
