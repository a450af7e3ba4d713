namespace ArtFresh.Freshness;

/// <summary>One impression of a batch as the ledger stores it.</summary>
/// <param name="Number">The client's number of the impression in its session, 0 or more.</param>
/// <param name="ArtworkId">The artwork that was on screen, 0 or more.</param>
/// <param name="Outcome">How it was counted.</param>
public readonly record struct PackedImpression(long Number, long ArtworkId, ImpressionOutcome Outcome);
