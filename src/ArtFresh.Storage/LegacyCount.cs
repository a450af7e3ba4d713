using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Storage;

/// <summary>Counts legacy art over all rows of one moment's ledger: artworks first, then batches and blocks.</summary>
internal sealed class LegacyCount
{
    private readonly ArtworkSet _viewed = new();
    private ArtworkSet _served = new();
    private string _listener = "";
    private long _artworks;
    private long _withoutViewedAt;
    private long _repeats;
    private long _repeatedServes;

    public LegacyAudit Audit => new(_withoutViewedAt, _repeatedServes, _repeats, _artworks, _viewed.Count);

    public void AddArtwork(long artworkId, bool isViewed)
    {
        _artworks++;
        if (isViewed)
        {
            _viewed.Add(artworkId);
        }
    }

    public void AddImpressions(byte[] packed)
    {
        var impressions = PackedImpressions.Read(packed);
        while (impressions.MoveNext())
        {
            var impression = impressions.Current;
            _repeats += impression.Outcome == ImpressionOutcome.Repeat ? 1 : 0;
            _withoutViewedAt += impression.Outcome == ImpressionOutcome.Recorded && !_viewed.Contains(impression.ArtworkId) ? 1 : 0;
        }
    }

    /// <summary>Reads each listener's log again from the start, as the listener's grain would have: listener by listener, in order of their blocks.</summary>
    public void AddBlock(string listenerId, BlockKind kind, byte[] artworkIds, byte[]? returnedIds)
    {
        if (listenerId != _listener)
        {
            _listener = listenerId;
            _served = new ArtworkSet();
        }

        foreach (var artworkId in returnedIds is null ? [] : PackedIds.Unpack(returnedIds))
        {
            _served.Remove(artworkId);
        }

        foreach (var artworkId in PackedIds.Unpack(artworkIds))
        {
            _repeatedServes += !_served.Add(artworkId) && kind == BlockKind.SetAside ? 1 : 0;
        }
    }
}
