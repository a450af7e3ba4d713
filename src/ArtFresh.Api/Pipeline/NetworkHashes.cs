using System.Buffers.Binary;
using System.Security.Cryptography;
using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api;

/// <summary>A network's hash under the day's key: all that grains learn of it. The default while the key is unknown.</summary>
/// <param name="Value">64 bits, so that no two networks share what is counted by it.</param>
internal readonly record struct NetworkHash(ulong Value)
{
    /// <summary>The network's voice in the figures: 1 to <see cref="Limits.NetworksMax"/>, or 0 while the key is unknown.</summary>
    public int Voice => Value == 0 ? 0 : (int)(Value % Limits.NetworksMax) + 1;
}

/// <summary>
/// Hashes the network that a request comes from, so that grains can tell networks apart without naming them. The cluster's key changes daily and is held in memory only; the
/// address never leaves this front end.
/// </summary>
internal sealed partial class NetworkHashes(GrainCalls grains, TimeProvider clock, ILogger<NetworkHashes> logger)
{
    private const int Places = 4096;

    /// <summary>How often the key is read again, because a new activation of its grain makes a new key.</summary>
    private static readonly TimeSpan KeyKept = TimeSpan.FromMinutes(1);

    private volatile Day? _day;
    private int _isAsking;

    public NetworkHash Of(Network network)
    {
        var day = _day;
        if (day is null || clock.GetElapsedTime(day.ReadAt) >= KeyKept)
        {
            _ = AskAsync();
        }

        return _day?.Of(network) ?? default;
    }

    /// <summary>The network's hash under today's key, which is read for it, and the key: for operators, who wait for it.</summary>
    public async Task<(NetworkHash Hash, NetworkKey Key)> OfTodayAsync(Network network)
    {
        var day = await ReadAsync();
        return (day.Of(network), day.Key);
    }

    private async Task<Day> ReadAsync()
    {
        var key = await grains.Ask((INetworkKeysGrain keys) => keys.Today());
        var known = _day;
        var day = known is not null && known.Key.Key.AsSpan().SequenceEqual(key.Key.AsSpan()) ? known.ReadAgain(clock.GetTimestamp()) : new Day(key, clock.GetTimestamp());
        return _day = day;
    }

    /// <summary>Reads the key. No request of a listener waits for it: those that arrive before the key count for no network.</summary>
    private async Task AskAsync()
    {
        if (Interlocked.Exchange(ref _isAsking, 1) == 1)
        {
            return;
        }
        try
        {
            await ReadAsync();
        }
        catch (Exception fault) when (Faults.IsClusterAway(fault))
        {
            LogNoKey(logger, fault);
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Reading the key of network hashes failed; batches use the last key, and the next batch reads it again")]
    private static partial void LogNoKey(ILogger logger, Exception fault);

    /// <summary>A key, and a cache of recent hashes: an HMAC costs 2% of a batch.</summary>
    private sealed class Day(NetworkKey key, long readAt, Hashed?[]? known = null)
    {
        private readonly Hashed?[] _known = known ?? new Hashed?[Places];

        public NetworkKey Key => key;

        public long ReadAt => readAt;

        public Day ReadAgain(long at) => new(key, at, _known);

        public NetworkHash Of(Network network)
        {
            if (network == Network.Unknown)
            {
                return default;
            }

            ref var place = ref _known[network.Prefix * 0x9E3779B97F4A7C15 >> 52];
            if (Volatile.Read(ref place) is { } known && known.Network == network)
            {
                return known.Hash;
            }

            var hash = HashOf(network);
            Volatile.Write(ref place, new Hashed(network, hash));
            return hash;
        }

        private NetworkHash HashOf(Network network)
        {
            // Bit 48 distinguishes IPv4 from IPv6.
            var prefix = (network.Prefix & ((1UL << 48) - 1)) | (network.Prefix >> 63 << 48);
            Span<byte> text = stackalloc byte[sizeof(ulong)];
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(text, prefix);
            HMACSHA256.HashData(key.Key.AsSpan(), text, mac);
            return new NetworkHash(BinaryPrimitives.ReadUInt64LittleEndian(mac));
        }
    }

    private sealed record Hashed(Network Network, NetworkHash Hash);
}
