using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>A generator too slow to wait for: pools keep a stock of its art ahead.</summary>
public interface ISlowArtist
{
    /// <summary>Makes one artwork for a pool.</summary>
    /// <exception cref="ArtGenerationException">It could not be made; the message says why.</exception>
    Task<NewArtwork> PaintAsync(int pool, Mood mood, CancellationToken cancellationToken);
}
