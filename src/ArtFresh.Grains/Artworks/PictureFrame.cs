using System.Diagnostics;
using ArtFresh.Art;
using ArtFresh.Contracts;

namespace ArtFresh.Grains.Artworks;

/// <summary>How much this silo draws for one network.</summary>
public sealed class PictureOptions
{
    /// <summary>Millions of pixels drawn a minute for one network; cached pictures are free.</summary>
    public int MegapixelsPerMinute { get; set; } = 60;
}

/// <summary>Draws the pictures of this silo's artworks and caches them. Divides drawing time and cache fairly between networks.</summary>
public sealed class PictureFrame(PictureStore store, PictureOptions options, TimeProvider clock)
{
    private const long CachedBytesMax = 24L * 1024 * 1024;

    /// <summary>A few milliseconds of drawing, which is how long a small picture waits for its turn.</summary>
    private const int PixelsPerPiece = 32_768;

    private readonly KeptPictures _pictures = new(CachedBytesMax);
    private readonly DrawingQueue _queue = new(Math.Max(1, Environment.ProcessorCount / 2), options.MegapixelsPerMinute * 1_000_000L, clock);
    private readonly Dictionary<(long ArtworkId, int Width, ulong Network), Task<Picture?>> _underWay = [];

    /// <summary>Draws or reads an artwork's picture.</summary>
    /// <param name="width">Pixels across.</param>
    /// <param name="network">The caller's network. Callers of one network share a drawing; another network queues its own, or its place in the queue would be theirs.</param>
    /// <returns>Null if the picture's file is missing; a picture without bytes and with <see cref="Picture.RetryAfter"/> if the network's quota is spent, or too many wait.</returns>
    public Task<Picture?> DrawAsync(Artwork artwork, int width, ulong network) =>
        _pictures.Find(artwork.ArtworkId, width) is { } kept ? Task.FromResult<Picture?>(kept) : DrawOnceAsync(artwork, width, network);

    private Task<Picture?> DrawOnceAsync(Artwork artwork, int width, ulong network)
    {
        var key = (artwork.ArtworkId, width, network);
        lock (_underWay)
        {
            if (_underWay.TryGetValue(key, out var drawing))
            {
                return drawing;
            }

            drawing = artwork.Genome is { } genome ? QueueAsync(artwork, genome, width, network) : ScaleAsync(artwork, width, network);
            if (!drawing.IsCompleted)
            {
                _underWay[key] = drawing;
                _ = ForgetAsync(key, drawing);
            }

            return drawing;
        }
    }

    private async Task ForgetAsync((long, int, ulong) key, Task drawing)
    {
        await drawing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_underWay)
        {
            _underWay.Remove(key);
        }
    }

    private async Task<Picture?> QueueAsync(Artwork artwork, string genome, int width, ulong network)
    {
        Picture? drawn = null;
        return await _queue.DrawAsync(network, width, Pieces()) is { } refusal ? Without(refusal) : drawn;

        IEnumerable<int> Pieces()
        {
            // The picture may have been drawn for another network since it was queued.
            drawn = _pictures.Find(artwork.ArtworkId, width);
            if (drawn is not null)
            {
                yield break;
            }

            foreach (var pixels in GenomeRenderer.RenderWebpInPieces(Genome.Parse(genome), width, PixelsPerPiece, webp => drawn = _pictures.Keep(artwork.ArtworkId, width, network, new Picture(PictureMarks.Mark(webp, artwork), "image/webp"))))
            {
                yield return pixels;
            }
        }
    }

    /// <summary>An imported picture waits for its turn too: a large original takes as long as a drawing.</summary>
    private async Task<Picture?> ScaleAsync(Artwork artwork, int width, ulong network)
    {
        var hash = artwork.PictureHash ?? throw new UnreachableException($"Artwork {artwork.ArtworkId} has neither genome nor picture.");
        DrawingRefusal? refusal = null;
        var bytes = await store.ReadScaledAsync(hash, width, async scale => refusal = await _queue.DrawAsync(network, width, Pieces(scale)), CancellationToken.None);
        return refusal is not null ? Without(refusal)
            : bytes is null ? null
            : _pictures.Keep(artwork.ArtworkId, width, network, new Picture(PictureMarks.Mark(bytes, artwork), PictureSignature.MediaTypeOf(PictureSignature.FormatOf(bytes))));

        IEnumerable<int> Pieces(Action scale)
        {
            scale();
            yield return width * width;
        }
    }

    private static Picture Without(DrawingRefusal refusal) => new([], "", refusal.RetryAfter, Outcome: refusal.Outcome);
}
