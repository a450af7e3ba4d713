namespace ArtFresh.Freshness;

/// <summary>What became of one impression. The values are stored in the ledger and never change their meaning.</summary>
public enum ImpressionOutcome : byte
{
    /// <summary>The artwork was new to the listener.</summary>
    Recorded = 0,

    /// <summary>It has arrived already, by a retry or by a beacon beside its own fetch. Harmless.</summary>
    Duplicate = 1,

    /// <summary>A new impression of an artwork that the listener already had: a claim of the client, and by itself no violation.</summary>
    Repeat = 2,

    /// <summary>There is no such artwork.</summary>
    Unknown = 3,
}
