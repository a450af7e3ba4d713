using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>
/// The shape of a batch, read with less: the serializer makes a list, its growing arrays and a stack of frames of every array of integers, 2 KB and a fortieth of
/// the time of a batch of 50. What this one cannot read goes to the serializer's own, which says what is wrong with it.
/// </summary>
internal static class BatchShape
{
    public static JsonTypeInfo<BatchBody> Quick { get; } = (JsonTypeInfo<BatchBody>)new JsonSerializerOptions(ApiJson.Default.Options)
    {
        TypeInfoResolver = ApiJson.Default.WithAddedModifier(type =>
        {
            foreach (var member in type.Properties.Where(member => member.PropertyType == typeof(long[])))
            {
                member.CustomConverter = new Integers();
            }
        }),
    }.GetTypeInfo(typeof(BatchBody));

    /// <summary>As many integers as a batch may have.</summary>
    private sealed class Integers : JsonConverter<long[]>
    {
        public override long[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Span<long> integers = stackalloc long[Limits.BatchArtworksMax];
            var count = 0;
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException();
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.Number && count < integers.Length && reader.TryGetInt64(out integers[count]))
            {
                count++;
            }
            return reader.TokenType == JsonTokenType.EndArray ? integers[..count].ToArray() : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, long[] value, JsonSerializerOptions options) => throw new NotSupportedException("Batches are only read.");
    }
}
