using ArtFresh.Contracts;

namespace ArtFresh.Grains.Releases;

/// <inheritdoc cref="IFrontEndsGrain"/>
[GrainType("front-ends")]
public sealed class FrontEndsGrain(TimeProvider clock) : Grain, IFrontEndsGrain
{
    /// <summary>Three times as long as a front end waits before it comes again.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, DateTimeOffset> _notedAt = [];
    private readonly DateTimeOffset _activeSince = clock.GetUtcNow();

    /// <inheritdoc/>
    public Task<int> Note(Guid frontEnd)
    {
        var now = clock.GetUtcNow();
        _notedAt[frontEnd] = now;
        foreach (var (gone, notedAt) in _notedAt)
        {
            if (now - notedAt > Kept)
            {
                _notedAt.Remove(gone);
            }
        }

        return Task.FromResult(now - _activeSince < Kept ? 0 : _notedAt.Count);
    }
}
