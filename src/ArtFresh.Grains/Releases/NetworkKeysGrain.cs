using System.Collections.Immutable;
using System.Security.Cryptography;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Releases;

/// <inheritdoc cref="INetworkKeysGrain"/>
/// <remarks>The key is never stored. A new activation makes a new key, so a network then has another hash until midnight, and strikes of networks end.</remarks>
[GrainType("network-keys")]
public sealed partial class NetworkKeysGrain(IClaimStrikes strikes, TimeProvider clock, ILogger<NetworkKeysGrain> logger) : Grain, INetworkKeysGrain
{
    private const int KeyBytes = 32;

    private NetworkKey? _key;
    private bool _isFirstUse = true;

    /// <inheritdoc/>
    public async Task<NetworkKey> Today()
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (_key?.Day != today)
        {
            _key = new NetworkKey(today, ImmutableArray.Create(RandomNumberGenerator.GetBytes(KeyBytes)), now);
            _isFirstUse = true;
        }

        if (_isFirstUse)
        {
            await EndStrikesAsync();
        }

        return _key;
    }

    /// <summary>Front ends ask each minute, so that a failure is made up for.</summary>
    private async Task EndStrikesAsync()
    {
        try
        {
            await strikes.EndNetworksAsync(CancellationToken.None);
            _isFirstUse = false;
        }
        catch (LedgerUnavailableException fault)
        {
            LogNotEnded(logger, fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Ending the strikes of networks under the last key failed; the next question for the key tries again")]
    private static partial void LogNotEnded(ILogger logger, Exception fault);
}
