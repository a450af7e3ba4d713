using System.Text.Json;
using ArtFresh.Contracts;
using BitFaster.Caching.Lru;

namespace ArtFresh.Api;

/// <summary>Caches each artwork's JSON: an artwork never changes and is fresh to many listeners. Bounded; thread-safe.</summary>
internal sealed class ArtworkRenderings
{
    private const int RenderingsMax = 131_072;

    private readonly ConcurrentLru<long, byte[]> _byId = new(RenderingsMax);

    public byte[] Of(Artwork artwork) => _byId.GetOrAdd(
        artwork.ArtworkId, static (_, added) => JsonSerializer.SerializeToUtf8Bytes(ArtworkBody.Of(added), ApiJson.Default.ArtworkBody), artwork);
}
