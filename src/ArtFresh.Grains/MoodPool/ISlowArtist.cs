using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>A generator too slow to wait for: pools keep a stock of its art ahead.</summary>
public interface ISlowArtist
{
    /// <summary>Whether it is worth asking: false while it rests after failures.</summary>
    bool IsAvailable { get; }

    /// <summary>Whether what it is asked for is likely to be there within a time, so that a request may wait for it.</summary>
    bool IsExpectedWithin(TimeSpan time);

    /// <summary>Makes one artwork for a pool.</summary>
    /// <exception cref="ArtGenerationException">It could not be made; the message says why.</exception>
    Task<NewArtwork> PaintAsync(int pool, Mood mood, CancellationToken cancellationToken);
}
