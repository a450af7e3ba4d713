using ArtFresh.Freshness;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.ListenerSession;

namespace ArtFresh.Storage;

/// <summary>Adds up the rows of one session to its history.</summary>
internal sealed class SessionRows(Guid sessionId)
{
    private readonly ArtworkSet _owned = new();
    private readonly ArtworkSet _seen = new();
    private readonly NumberIntervals _numbers = new();
    private readonly BatchAccounts _accounts = new();
    private long _lastBatchNumber;

    /// <summary>Takes a block of the session, or a claim by which another session of the listener took over some of it; in order.</summary>
    public void Add(LoggedBlock block)
    {
        if (block.SessionId == sessionId)
        {
            _owned.UnionWith(block.ArtworkIds.AsSpan());
        }

        foreach (var artworkId in block.SessionId == sessionId ? block.ReturnedIds : block.ArtworkIds)
        {
            _owned.Remove(artworkId);
        }
    }

    /// <summary>Takes a batch of the session; in order.</summary>
    public void Add(long batchNumber, byte[] impressions, Guid batchId, long? account)
    {
        _lastBatchNumber = batchNumber;
        _accounts.Add(batchId, account);

        foreach (var impression in PackedImpressions.Unpack(impressions))
        {
            _numbers.Add(impression.Number);
            if (impression.Outcome == ImpressionOutcome.Recorded)
            {
                _seen.Add(impression.ArtworkId);
            }
        }
    }

    public SessionHistory ToHistory(string release, DateTimeOffset openedAt, bool ended, long? genomeGrant)
    {
        _accounts.Trim();
        return new SessionHistory(release, openedAt, ended, _owned, _seen, _numbers, _lastBatchNumber, _accounts, genomeGrant);
    }
}
