using System.Diagnostics;
using ArtFresh.Art;
using ArtFresh.Contracts;
using Microsoft.Extensions.Caching.Memory;

namespace ArtFresh.Grains.Artworks;

/// <summary>Draws the pictures of this silo's artworks, a few at a time, and keeps the latest.</summary>
public sealed class PictureFrame(PictureStore store) : IDisposable
{
    private const long CachedBytesMax = 64L * 1024 * 1024;

    private readonly MemoryCache _pictures = new(new MemoryCacheOptions { SizeLimit = CachedBytesMax });
    private readonly SemaphoreSlim _drawing = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The picture, or null when its file is gone.</summary>
    /// <param name="width">Pixels across.</param>
    public async Task<Picture?> DrawAsync(Artwork artwork, int width)
    {
        var key = (artwork.ArtworkId, width);
        if (_pictures.TryGetValue(key, out Picture? kept))
        {
            return kept;
        }

        await _drawing.WaitAsync();
        try
        {
            var picture = await RenderAsync(artwork, width);
            if (picture is not null)
            {
                _pictures.Set(key, picture, new MemoryCacheEntryOptions { Size = picture.Bytes.Length, SlidingExpiration = TimeSpan.FromMinutes(5) });
            }

            return picture;
        }
        finally
        {
            _drawing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pictures.Dispose();
        _drawing.Dispose();
    }

    private async Task<Picture?> RenderAsync(Artwork artwork, int width)
    {
        if (artwork.Genome is { } genome)
        {
            return await Task.Run(() => new Picture(GenomeRenderer.RenderPng(Genome.Parse(genome), width), "image/png"));
        }

        var hash = artwork.PictureHash ?? throw new UnreachableException($"Artwork {artwork.ArtworkId} has neither genome nor picture.");
        return await store.ReadScaledAsync(hash, width, CancellationToken.None) is { } bytes ? new Picture(bytes, MediaTypeOf(bytes)) : null;
    }

    private static string MediaTypeOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "image/webp",
        _ => "application/octet-stream",
    };
}
