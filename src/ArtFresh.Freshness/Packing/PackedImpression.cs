namespace ArtFresh.Freshness;

/// <summary>One impression of a batch as the ledger keeps it.</summary>
/// <param name="Number">The client's number of it in its session, 0 or more.</param>
/// <param name="ArtworkId">The artwork that was on screen, 0 or more.</param>
/// <param name="Outcome">What became of it.</param>
public readonly record struct PackedImpression(long Number, long ArtworkId, ImpressionOutcome Outcome);
