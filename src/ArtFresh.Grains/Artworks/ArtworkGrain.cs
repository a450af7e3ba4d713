using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Artworks;

/// <inheritdoc cref="IArtworkGrain"/>
/// <remarks>
/// Holds its views for a second and then reads them from the ledger when somebody asks: to tell every artwork of every tick would wake grains
/// that nobody looks at. An artwork without a view is always read again, so that nobody is told null after the first impression's commit.
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
        var views = _views ?? await Describe();
        return views is null ? null : await frame.DrawAsync(views.Artwork, width);
    }
}
