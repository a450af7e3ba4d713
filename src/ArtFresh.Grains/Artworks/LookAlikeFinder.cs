using ArtFresh.Art;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Finds the artworks that a picture looks like before it is entered: for a server, or for a command beside it. From its first use on it holds the perceptual hashes of all artworks
/// with pictures in memory. Thread-safe. Of two pictures that two processes enter at the same moment, neither is known to the other.
/// </summary>
public sealed class LookAlikeFinder(IAlikeArtworks alike) : IDisposable
{
    /// <summary>The most that are noted of one picture. They look like others, so that all are found.</summary>
    public const int LookAlikesMax = 8;

    private const int PicturesPerRead = 10_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly LookAlikes _looks = new();
    private long _last;

    /// <summary>The artworks that a picture looks like, the nearest first.</summary>
    /// <param name="print">The picture's; null for one that is damaged.</param>
    public async Task<IReadOnlyList<long>> FindAsync(PicturePrint? print, CancellationToken cancellationToken)
    {
        if (print is not { } known)
        {
            return [];
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(true);
        try
        {
            await ReadNewAsync(cancellationToken).ConfigureAwait(true);
            return _looks.FindNearest(known, LookAlikesMax);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task ReadNewAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ArtworkPicture> read;
        do
        {
            read = await alike.ReadPicturesAsync(_last, PicturesPerRead, cancellationToken).ConfigureAwait(true);
            foreach (var picture in read)
            {
                _last = picture.ArtworkId;
                if (picture.PerceptualHash is { } hash)
                {
                    _looks.Add(picture.ArtworkId, unchecked((ulong)hash));
                }
            }
        }
        while (read.Count == PicturesPerRead);
    }
}
