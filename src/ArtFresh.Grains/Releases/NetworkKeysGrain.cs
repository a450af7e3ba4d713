using System.Collections.Immutable;
using System.Security.Cryptography;
using ArtFresh.Contracts;

namespace ArtFresh.Grains.Releases;

/// <inheritdoc cref="INetworkKeysGrain"/>
/// <remarks>The key is never stored. A new activation makes a new key, so a network then has another hash until midnight.</remarks>
[GrainType("network-keys")]
public sealed class NetworkKeysGrain(TimeProvider clock) : Grain, INetworkKeysGrain
{
    private const int KeyBytes = 32;

    private NetworkKey? _key;

    /// <inheritdoc/>
    public Task<NetworkKey> Today()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (_key?.Day != today)
        {
            _key = new NetworkKey(today, ImmutableArray.Create(RandomNumberGenerator.GetBytes(KeyBytes)));
        }

        return Task.FromResult(_key);
    }
}
