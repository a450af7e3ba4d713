using System.Buffers.Binary;
using System.Security.Cryptography;
using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api;

/// <summary>
/// Hashes the network that a batch comes from, so that figures can tell how many networks say the same and nobody can tell which. The key is the cluster's, changes daily and
/// is in memory alone; the address itself goes no further than this front end.
/// </summary>
internal sealed partial class NetworkHashes(GrainCalls grains, TimeProvider clock, ILogger<NetworkHashes> logger)
{
    private const int Places = 4096;

    /// <summary>How soon a front end learns that another activation of the grain has made another key.</summary>
    private static readonly TimeSpan KeyKept = TimeSpan.FromMinutes(1);

    private volatile Day? _day;
    private int _isAsking;

    /// <summary>1 to <see cref="Limits.NetworksMax"/>, or 0 while the key is not known.</summary>
    public int Of(Network network)
    {
        var day = _day;
        if (day is null || clock.GetElapsedTime(day.ReadAt) >= KeyKept)
        {
            _ = AskAsync();
        }

        return day?.Of(network) ?? 0;
    }

    /// <summary>Never awaited by a request: batches that come before the key count for no network.</summary>
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

    [LoggerMessage(LogLevel.Warning, "Asking for the networks' key failed; batches go on under the last one, and the next batch asks again")]
    private static partial void LogNoKey(ILogger logger, Exception fault);

    /// <summary>A key with the hashes that were asked for lately: an HMAC costs a fiftieth of a batch.</summary>
    private sealed class Day(byte[] key, long readAt, ulong[]? known = null)
    {
        // A prefix is 49 bits at most and its hash takes 11: both fit one word, which is read and written whole.
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

            // The topmost bit tells IPv4 from the 48 bits of IPv6.
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
