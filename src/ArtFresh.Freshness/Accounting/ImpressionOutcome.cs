namespace ArtFresh.Freshness;

/// <summary>What became of one impression. The values are stored in the ledger and never change their meaning.</summary>
public enum ImpressionOutcome : byte
{
    /// <summary>The artwork was new to the listener.</summary>
    Recorded = 0,

    /// <summary>Already arrived: a retry, or a beacon next to its own fetch. Harmless.</summary>
    Duplicate = 1,

    /// <summary>A new impression of an artwork that the listener already had: the promise broken.</summary>
    Repeat = 2,

    /// <summary>There is no such artwork.</summary>
    Unknown = 3,
}
