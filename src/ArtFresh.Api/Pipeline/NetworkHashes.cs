using System.Buffers.Binary;
using System.Security.Cryptography;
using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api;

/// <summary>
/// Hashes the network that a batch comes from, so that figures can count networks without naming them. The cluster's key changes daily and is held in memory only; the
/// address never leaves this front end.
/// </summary>
internal sealed partial class NetworkHashes(GrainCalls grains, TimeProvider clock, ILogger<NetworkHashes> logger)
{
    private const int Places = 4096;

    /// <summary>How often the key is read again, because a new activation of its grain makes a new key.</summary>
    private static readonly TimeSpan KeyKept = TimeSpan.FromMinutes(1);

    private volatile Day? _day;
    private int _isAsking;

    /// <summary>The hash: 1 to <see cref="Limits.NetworksMax"/>, or 0 while the key is unknown.</summary>
    public int Of(Network network)
    {
        var day = _day;
        if (day is null || clock.GetElapsedTime(day.ReadAt) >= KeyKept)
        {
            _ = AskAsync();
        }

        return day?.Of(network) ?? 0;
    }

    /// <summary>Reads the key. No request waits for it: batches that arrive before the key count for no network.</summary>
    private async Task AskAsync()
    {
        if (Interlocked.Exchange(ref _isAsking, 1) == 1)
        {
            return;
        }
        try
        {
            var key = await grains.Ask((INetworkKeysGrain keys) => keys.Today());
            var day = _day;
            _day = day is not null && day.Key.AsSpan().SequenceEqual(key.Key.AsSpan()) ? day.ReadAgain(clock.GetTimestamp()) : new Day([.. key.Key], clock.GetTimestamp());
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
    private sealed class Day(byte[] key, long readAt, ulong[]? known = null)
    {
        // The prefix has at most 49 bits and its hash 11, so an entry is one word, which is read and written atomically.
        private const int HashBits = 11;

        private readonly ulong[] _known = known ?? new ulong[Places];

        public byte[] Key => key;

        public long ReadAt => readAt;

        public Day ReadAgain(long at) => new(key, at, _known);

        public int Of(Network network)
        {
            if (network == Network.Unknown)
            {
                return 0;
            }

            // Bit 48 distinguishes IPv4 from IPv6.
            var prefix = (network.Prefix & ((1UL << 48) - 1)) | (network.Prefix >> 63 << 48);
            var place = (int)((prefix * 0x9E3779B97F4A7C15) >> 52);
            var entry = Volatile.Read(ref _known[place]);
            var tag = prefix << HashBits;
            if (entry >> HashBits == prefix && (entry & ((1 << HashBits) - 1)) is > 0 and var hash)
            {
                return (int)hash;
            }

            Span<byte> text = stackalloc byte[sizeof(ulong)];
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(text, prefix);
            HMACSHA256.HashData(key, text, mac);
            hash = (ulong)(BinaryPrimitives.ReadUInt32LittleEndian(mac) % Limits.NetworksMax) + 1;
            Volatile.Write(ref _known[place], tag | hash);
            return (int)hash;
        }
    }
}
