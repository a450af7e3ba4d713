namespace ArtFresh.Freshness;

/// <summary>
/// What the last batches of a session have added to the KPIs: more of them than a client has on its way. A page that hides hands the browser 60 KiB of them at
/// once, 180 of the smallest, and sends again what was not answered for: 64 would forget the first of them, and count it twice.
/// </summary>
public sealed class BatchAccounts
{
    private const int BatchesMax = 256;

    private readonly Dictionary<Guid, BatchAccount> _accounts = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>What the arrivals of a batch have added so far; null before the first.</summary>
    public BatchAccount? Find(Guid batchId) => _accounts.TryGetValue(batchId, out var account) ? account : null;

    /// <summary>One arrival more.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="packed">A packed <see cref="BatchAccount"/>; null adds nothing, nor does a single post.</param>
    public void Add(Guid batchId, long? packed)
    {
        if (packed is null || BatchAccount.Unpack(packed.Value) is not { IsSingle: false } arrival)
        {
            return;
        }

        if (Find(batchId) is { } before)
        {
            _accounts[batchId] = before + arrival;
            return;
        }

        _accounts.Add(batchId, arrival);
        _order.Enqueue(batchId);
        if (_order.Count > BatchesMax)
        {
            _accounts.Remove(_order.Dequeue());
        }
    }
}
