using ArtFresh.Freshness;

namespace ArtFresh.SystemTests.Faults;

/// <summary>A batch row.</summary>
internal sealed record BatchRow(string Session, long BatchNumber, string BatchId, long ReceivedAt, IReadOnlyList<PackedImpression> Impressions, int Duplicates, long MissingChange);

/// <summary>A row of a listener's log.</summary>
/// <param name="IsClaim">Whether it says which session owns what the listener may have already, and serves nothing.</param>
internal sealed record BlockRow(string ListenerId, long BlockNumber, string Session, long[] ArtworkIds, long[] ReturnedIds, bool IsClaim = false);

/// <summary>An artwork and its views.</summary>
internal sealed record ArtworkRow(long ArtworkId, long? ViewedAt, long ViewCount);

/// <summary>What the key figures say of losses.</summary>
/// <param name="Ended">Sessions that have ended: what they lost is known.</param>
internal sealed record LossFigures(long Lost, long LostAtMost, IReadOnlySet<string> Ended);

/// <summary>All that the ledger holds after a run.</summary>
/// <param name="Listeners">The listener of each session.</param>
/// <param name="Counters">What the release's counters add up to, by name.</param>
internal sealed record LedgerImage(
    IReadOnlyDictionary<string, string> Listeners,
    IReadOnlyList<BatchRow> Batches,
    IReadOnlyList<BlockRow> Blocks,
    IReadOnlyList<ArtworkRow> Artworks,
    IReadOnlyDictionary<string, long> Counters,
    LossFigures? Loss = null);
