using System.Text.Json;

namespace ArtFresh.Art;

/// <summary>An images API's answer: either the picture's bytes or the address to fetch them from, which may be relative.</summary>
internal sealed record ImagesApiAnswer(byte[]? Picture, string? Address)
{
    private const int ErrorLengthMax = 200;
    private const string DataScheme = "data:";
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    /// <summary>Reads a success's body: <c>{"data": [{"b64_json": …} or {"url": …}]}</c>. Some servers call the list <c>images</c>, leave a member empty, or send data URIs.</summary>
    /// <exception cref="ArtGenerationException">The body has another format; the message quotes an error in it.</exception>
    public static ImagesApiAnswer Parse(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Bounded);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && (FirstOf(json.RootElement, "data") ?? FirstOf(json.RootElement, "images")) is { } answer)
            {
                return answer;
            }
        }
        catch (JsonException broken)
        {
            throw new ArtGenerationException(
                ArtGenerationFault.Untrue, "The images API answered with success but sent something that is not JSON. Does Images:Address name an API, and not its web page?", broken);
        }

        throw new ArtGenerationException(
            ArtGenerationFault.Untrue,
            ErrorOf(body) is { } error ? $"The images API answered with success but sent an error: {error}" : "The images API answered 200 but sent JSON without a picture in data[0].");
    }

    /// <summary>
    /// The message of an error's body, on one line of at most 200 characters; null if it has none. The message stands in <c>error.message</c>, <c>error</c>, <c>message</c>,
    /// <c>detail</c> or, as FastAPI sends it, <c>detail[0].msg</c>; some send a list of such bodies.
    /// </summary>
    public static string? ErrorOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Bounded);
            var first = FirstOf(json.RootElement);
            var text = first.ValueKind == JsonValueKind.Object ? ErrorOf(first) : null;
            return text?[..Math.Min(text.Length, ErrorLengthMax)];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ErrorOf(JsonElement body)
    {
        foreach (var name in new[] { "error", "message", "detail" })
        {
            if (!body.TryGetProperty(name, out var error))
            {
                continue;
            }

            var first = FirstOf(error);
            if (DescriptiveMetadata.Tidy(TextOf(first) ?? TextOf(first, "message") ?? TextOf(first, "msg")) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The first element of a list, or what is no list.</summary>
    private static JsonElement FirstOf(JsonElement element) => element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 ? element[0] : element;

    private static ImagesApiAnswer? FirstOf(JsonElement body, string list)
    {
        if (!body.TryGetProperty(list, out var items) || items.ValueKind != JsonValueKind.Array || items.GetArrayLength() == 0)
        {
            return null;
        }

        var (base64, address) = (TextOf(items[0], "b64_json"), TextOf(items[0], "url"));
        return base64 is not null ? new ImagesApiAnswer(Decode(base64, "a b64_json"), null)
            : address is null ? null
            : address.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase) ? new ImagesApiAnswer(Decode(address, "a data URI"), null)
            : new ImagesApiAnswer(null, address);
    }

    private static string? TextOf(JsonElement item, string name) => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var member) ? TextOf(member) : null;

    /// <summary>Null for an empty text too: servers send it for what they leave out.</summary>
    private static string? TextOf(JsonElement item) => item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>Of either alphabet, with or without padding, line breaks and the head of a data URI.</summary>
    private static byte[] Decode(string text, string what)
    {
        if (text.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase))
        {
            text = text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..];
        }

        var plain = string.Concat(text.Where(character => !char.IsWhiteSpace(character))).Replace('-', '+').Replace('_', '/').TrimEnd('=');
        try
        {
            return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException broken)
        {
            throw new ArtGenerationException(ArtGenerationFault.Untrue, $"The images API sent {what} that is not base64.", broken);
        }
    }
}
