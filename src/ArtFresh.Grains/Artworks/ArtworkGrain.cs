using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Artworks;

/// <inheritdoc cref="IArtworkGrain"/>
/// <remarks>
/// Caches its views for a second and reads them from the ledger on request: pushing each tick to every artwork would activate grains that nobody asks.
/// An artwork without a view is read each time, so that no answer says null after the first impression's commit.
/// </remarks>
[GrainType("artwork"), Reentrant]
public sealed class ArtworkGrain(IArtworkCatalogue catalogue, PictureFrame frame, TimeProvider clock) : Grain, IArtworkGrain
{
    private static readonly TimeSpan ViewsKept = TimeSpan.FromSeconds(1);

    private ArtworkViews? _views;
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async Task<ArtworkViews?> Describe()
    {
        var now = clock.GetUtcNow();
        if (_views?.ViewedAt is null || now - _readAt >= ViewsKept)
        {
            _views = await catalogue.ReadViewsAsync(this.GetPrimaryKeyLong(), CancellationToken.None);
            _readAt = now;
        }

        if (_views is null)
        {
            DeactivateOnIdle();
        }

        return _views;
    }

    /// <inheritdoc/>
    public async Task<Picture?> DrawPicture(int width)
    {
        CallLimits.CheckPictureWidth(width);
        var network = RequestContext.Get(CallerNetwork.Key) as ulong? ?? 0;
        var views = _views ?? await Describe();
        return views is null ? null : await frame.DrawAsync(views.Artwork, width, network);
    }
}
