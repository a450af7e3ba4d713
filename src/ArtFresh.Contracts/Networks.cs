using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>The key of the networks' hashes on one day (UTC). Held in memory only, and dropped at the end of the day.</summary>
/// <param name="MadeAt">When it was made; null from a silo of a release before.</param>
[GenerateSerializer, Immutable, Alias("network-key")]
public sealed record NetworkKey([property: Id(0)] DateOnly Day, [property: Id(1)] ImmutableArray<byte> Key, [property: Id(2)] DateTimeOffset? MadeAt = null);

/// <summary>Gives all front ends the same hash key, so that a network has one hash a day. One for the cluster; the grain's key is 0.</summary>
[GrainInterfaceType("network-keys"), Alias("network-keys")]
public interface INetworkKeysGrain : IGrainWithIntegerKey
{
    /// <summary>Today's hash key.</summary>
    [Alias("today")] Task<NetworkKey> Today();
}

/// <summary>Counts the front ends, so that each gives a network its share of the network's quotas. One for the cluster; the key is 0.</summary>
[GrainInterfaceType("front-ends"), Alias("front-ends")]
public interface IFrontEndsGrain : IGrainWithIntegerKey
{
    /// <summary>Notes a front end.</summary>
    /// <returns>How many were noted within half a minute; 0 while the grain has been active for less than that, and cannot tell.</returns>
    [Alias("note")] Task<int> Note(Guid frontEnd);
}
