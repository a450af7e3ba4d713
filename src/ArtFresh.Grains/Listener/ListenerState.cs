namespace ArtFresh.Grains.Listener;

/// <summary>What a listener has passed of the pools, which saves asking for it again. What the listener has is in the ledger.</summary>
/// <remarks>
/// The release before kept the listener's set here. It reads what this release writes as a snapshot that covers no block, and this release reads the places of its snapshots alone.
/// </remarks>
[GenerateSerializer, Alias("listener-state")]
public sealed class ListenerState
{
    /// <summary>For the release before: 0, so that it reads all blocks.</summary>
    [Id(0)] public long BlockNumber { get; set; }

    /// <summary>For the release before: an empty set.</summary>
    [Id(1)] public byte[] Served { get; set; } = [];

    /// <summary>For the release before: no artworks, packed.</summary>
    [Id(2)] public byte[] GivenBack { get; set; } = [];

    /// <summary>For each pool, the position before which the listener's set has every artwork that was not given back.</summary>
    [Id(3)] public Dictionary<int, int> Positions { get; set; } = [];

    /// <summary>
    /// For each pool, the stretches of <see cref="Freshness.PassedPositions.StretchLength"/> positions that the listener has passed: first and last of each interval, counted from 1;
    /// empty from a release that knew <see cref="Positions"/> alone.
    /// </summary>
    [Id(11)] public Dictionary<int, long[]> Passed { get; set; } = [];

    /// <summary>The last block that the listener's set had when the places were stored; 0 from a release that knew no undone backfills.</summary>
    [Id(12)] public long SavedAt { get; set; }

    /// <summary>Artworks at passed positions that blocks have left out, to be picked later.</summary>
    [Id(13)] public long[] PassedOver { get; set; } = [];

    /// <summary>What the last artworks look like that blocks had.</summary>
    [Id(14)] public uint[] Looks { get; set; } = [];
}
