namespace ArtFresh.Grains.Listener;

/// <summary>A snapshot of a listener's set, which saves reading the blocks up to <see cref="BlockNumber"/>. The blocks are the truth.</summary>
[GenerateSerializer, Alias("listener-state")]
public sealed class ListenerState
{
    /// <summary>The last block that the snapshot covers.</summary>
    [Id(0)] public long BlockNumber { get; set; }

    /// <summary>Every artwork in the listener's set, packed with version and checksum.</summary>
    [Id(1)] public byte[] Served { get; set; } = [];

    /// <summary>Artworks given back and not served again, packed.</summary>
    [Id(2)] public byte[] GivenBack { get; set; } = [];

    /// <summary>For each pool, the position before which the listener's set has every artwork that was not given back.</summary>
    [Id(3)] public Dictionary<int, int> Positions { get; set; } = [];

    /// <summary>Backfilled and claimed artworks, which are never given back, packed as <see cref="Served"/>; empty for none.</summary>
    [Id(4)] public byte[] Backfilled { get; set; } = [];

    /// <summary>Unserved artworks, packed as <see cref="Served"/>; empty for none.</summary>
    [Id(5)] public byte[] Unserved { get; set; } = [];

    /// <summary>Artworks that were given back after an answer had them, packed as <see cref="Served"/>; empty in a snapshot of the previous release.</summary>
    [Id(6)] public byte[] Answered { get; set; } = [];

    /// <summary>
    /// For each pool, the stretches of <see cref="Freshness.PassedPositions.StretchLength"/> positions that the listener has passed: first and last of each interval, counted from 1;
    /// empty from a release that knew <see cref="Positions"/> alone.
    /// </summary>
    [Id(11)] public Dictionary<int, long[]> Passed { get; set; } = [];

    /// <summary>The epoch since which the log is known to be whole; 0 for none, and from a release without epochs.</summary>
    [Id(8)] public long WholeSince { get; set; }

    /// <summary>A hash of the last row that the snapshot covers; 0 from a release without epochs.</summary>
    [Id(9)] public ulong LastRow { get; set; }

    /// <summary>The epoch in which it was written; 0 from a release without epochs.</summary>
    [Id(10)] public long Epoch { get; set; }
}
