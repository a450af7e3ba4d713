using System.Collections.Immutable;
using ArtFresh.Freshness;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>The artworks of a batch that do not count, by the listener's grain. The default has none.</summary>
/// <param name="Granted">Number of artworks that it has made the session's.</param>
internal readonly record struct ForeignVerdict(ImmutableArray<long> Unknown, ImmutableArray<long> Unserved, int Granted)
{
    /// <summary>Number of artworks that the verdict spent for the listener.</summary>
    public int Spent => Unserved.IsDefault ? 0 : Unserved.Length;

    /// <summary>The outcome of an artwork that does not count; null for one that does.</summary>
    public ImpressionOutcome? OutcomeOf(long artworkId) =>
        Unknown.IsDefault ? null
        : Unserved.Contains(artworkId) ? ImpressionOutcome.Unserved
        : Unknown.Contains(artworkId) ? ImpressionOutcome.Unknown
        : null;
}
