using System.Text.Json.Serialization;

namespace ArtFresh.Bench.Peers;

internal sealed record SignedInBody(string ListenerId);

internal sealed record BatchBody(Guid SessionId, Guid BatchId, long FirstNumber, long[] ArtworkIds);

internal sealed record SingleBody(Guid SessionId, long Number);

internal sealed record RecordedBody(int Recorded, int Duplicates);

internal sealed record MoodBody(double Valence, double Energy);

internal sealed record ArtworkBody(
    long Id, string ImageUrl, string? Genome, MoodBody Mood, DateTime CreatedAt, string Generator, string Title, string? Author);

internal sealed record FreshBody(IReadOnlyList<ArtworkBody> Artworks);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignedInBody))]
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(SingleBody))]
[JsonSerializable(typeof(RecordedBody))]
[JsonSerializable(typeof(FreshBody))]
[JsonSerializable(typeof(ArtworkBody))]
internal sealed partial class BodyJson : JsonSerializerContext;

/// <summary>What all peers' servers have in common.</summary>
internal static class PeerHost
{
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, BodyJson.Default));
        return builder;
    }

    public static bool IsBatch(BatchBody body) => body.ArtworkIds is { Length: > 0 and <= 200 };
}
