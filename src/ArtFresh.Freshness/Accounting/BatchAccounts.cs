using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ArtFresh.Freshness;

/// <summary>
/// The accounts of a session's last batches. Keeps more batches than a client has in flight: a page that hides passes
/// the browser up to 60 KiB at once (180 of the smallest batches) and resends the ones without an answer. A batch
/// forgotten before its resend would count twice.
/// </summary>
public sealed class BatchAccounts
{
    private const int BatchesMax = 256;

    // Searched linearly: most sessions have few batches, and a dictionary takes three times the memory of each idle session.
    // A 64-bit hash instead of the id saves a third. If two batches of a session collide, its KPIs are off by one batch.
    private (ulong BatchHash, long Packed)[] _accounts = [];
    private int _count;
    private int _oldest;

    /// <summary>Requests that all batches of the session have added, those forgotten here included.</summary>
    public long Requests { get; private set; }

    /// <summary>The sum of a batch's arrivals so far; null before the first.</summary>
    public BatchAccount? Find(Guid batchId) => IndexOf(HashOf(batchId)) is var at and >= 0 ? BatchAccount.Unpack(_accounts[at].Packed) : null;

    /// <summary>Adds one arrival.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="packed">A packed <see cref="BatchAccount"/>; null and a single post add nothing.</param>
    public void Add(Guid batchId, long? packed)
    {
        if (packed is null || BatchAccount.Unpack(packed.Value) is not { IsSingle: false } arrival)
        {
            return;
        }

        Requests += arrival.Requests;
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

    /// <summary>Releases spare capacity.</summary>
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
