using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>What networks are hashed with on one day (UTC). It is in memory alone, and gone with its day.</summary>
[GenerateSerializer, Immutable, Alias("network-key")]
public sealed record NetworkKey([property: Id(0)] DateOnly Day, [property: Id(1)] ImmutableArray<byte> Key);

/// <summary>Gives all front ends the same key, so that a network has one hash a day. One for the cluster; the key is 0.</summary>
[GrainInterfaceType("network-keys"), Alias("network-keys")]
public interface INetworkKeysGrain : IGrainWithIntegerKey
{
    /// <summary>Today's key.</summary>
    [Alias("today")] Task<NetworkKey> Today();
}
