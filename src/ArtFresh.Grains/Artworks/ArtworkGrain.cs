using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Artworks;

/// <inheritdoc cref="IArtworkGrain"/>
/// <remarks>
/// Reads views from the ledger on request and caches them for a second: pushing every tally to every artwork would activate grains that nobody calls.
/// An artwork without a view is read on each call, so that <c>viewedAt</c> is never null after the first impression's commit.
/// </remarks>
[GrainType("artwork"), Reentrant]
public sealed class ArtworkGrain(IArtworkCatalogue catalogue, WithdrawnArtworks withdrawn, PictureFrame frame, TimeProvider clock) : Grain, IArtworkGrain
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

        return _views is not null && withdrawn.Contains(this.GetPrimaryKeyLong()) ? _views with { State = ArtworkState.Withdrawn } : _views;
    }

    /// <inheritdoc/>
    public async Task<Picture?> DrawPicture(int width)
    {
        CallLimits.CheckPictureWidth(width);
        var network = RequestContext.Get(CallerNetwork.Key) as ulong? ?? 0;
        if (withdrawn.Contains(this.GetPrimaryKeyLong()))
        {
            return RequestContext.Get(KnownOutcomes.Key) is true ? new Picture([], "", Outcome: PictureOutcome.Withdrawn) : null;
        }

        var views = _views ?? await Describe();
        return views is not null && await frame.DrawAsync(views.Artwork, width, network) is { } picture ? picture with { Content = Picture.ContentOf(views.Artwork) } : null;
    }
}
