using System.Collections.Immutable;
using ArtFresh.Freshness;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>What the listener's grain said of a batch's artworks that its session was not served: those that count for nothing. The default names none.</summary>
internal readonly record struct ForeignVerdict(ImmutableArray<long> Unknown, ImmutableArray<long> Unserved)
{
    /// <summary>Null for an artwork that counts.</summary>
    public ImpressionOutcome? OutcomeOf(long artworkId) =>
        Unknown.IsDefault ? null
        : Unserved.Contains(artworkId) ? ImpressionOutcome.Unserved
        : Unknown.Contains(artworkId) ? ImpressionOutcome.Unknown
        : null;
}
