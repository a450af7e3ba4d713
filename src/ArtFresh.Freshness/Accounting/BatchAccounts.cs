using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ArtFresh.Freshness;

/// <summary>
/// What the last batches of a session have added to the KPIs: more of them than a client has on its way. A page that hides hands the browser 60 KiB of them at
/// once, 180 of the smallest, and sends again what was not answered for: 64 would forget the first of them, and count it twice.
/// </summary>
public sealed class BatchAccounts
{
    private const int BatchesMax = 256;

    // Searched from end to end: most sessions have a few, and a dictionary of them takes three times as much of each idle one.
    // A hash of 64 bits in place of the id saves a third. Should two of a session's last batches ever share one, its key figures would be off by a batch.
    private (ulong BatchHash, long Packed)[] _accounts = [];
    private int _count;
    private int _oldest;

    /// <summary>What the arrivals of a batch have added so far; null before the first.</summary>
    public BatchAccount? Find(Guid batchId) => IndexOf(HashOf(batchId)) is var at and >= 0 ? BatchAccount.Unpack(_accounts[at].Packed) : null;

    /// <summary>One arrival more.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="packed">A packed <see cref="BatchAccount"/>; null adds nothing, nor does a single post.</param>
    public void Add(Guid batchId, long? packed)
    {
        if (packed is null || BatchAccount.Unpack(packed.Value) is not { IsSingle: false } arrival)
        {
            return;
        }

        var hash = HashOf(batchId);
        var at = IndexOf(hash);
        if (at >= 0)
        {
            _accounts[at].Packed = (BatchAccount.Unpack(_accounts[at].Packed) + arrival).Pack();
            return;
        }

        if (_count == BatchesMax)
        {
            _accounts[_oldest] = (hash, packed.Value);
            _oldest = (_oldest + 1) % BatchesMax;
            return;
        }

        if (_count == _accounts.Length)
        {
            Array.Resize(ref _accounts, Math.Min(BatchesMax, _count + (_count / 2) + 1));
        }

        _accounts[_count++] = (hash, packed.Value);
    }

    /// <summary>Lets go of spare capacity.</summary>
    public void Trim() => Array.Resize(ref _accounts, _count);

    private static ulong HashOf(Guid batchId) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in batchId)));

    private int IndexOf(ulong batchHash)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_accounts[i].BatchHash == batchHash)
            {
                return i;
            }
        }

        return -1;
    }
}
