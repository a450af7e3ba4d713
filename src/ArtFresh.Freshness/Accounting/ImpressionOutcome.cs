namespace ArtFresh.Freshness;

/// <summary>What became of one impression. Values below 4 are stored in the ledger, two bits each, and never change their meaning.</summary>
public enum ImpressionOutcome : byte
{
    /// <summary>The listener was served the artwork, or made it, and it was new to them.</summary>
    Recorded = 0,

    /// <summary>The listener was never served the artwork. It counts for nothing, and is spent for them.</summary>
    Unserved = 1,

    /// <summary>A new impression of an artwork that the listener already had: a claim of the client, and by itself no violation.</summary>
    Repeat = 2,

    /// <summary>The artwork does not exist.</summary>
    Unknown = 3,

    /// <summary>It has arrived already, by a retry or by a beacon beside its own fetch. Harmless; counted, and not stored one by one.</summary>
    Duplicate = 4,

    /// <summary>As <see cref="Repeat"/>, and the client says that it was on purpose. Stored as a repeat; its row counts how many were on purpose.</summary>
    Revisit = 5,
}
