using System.Data.Common;
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

    /// <summary>A batch's row: its packed impressions.</summary>
    public void AddImpressions(DbDataReader row)
    {
        var impressions = PackedImpressions.Read(row.GetFieldValue<byte[]>(0));
        while (impressions.MoveNext())
        {
            var impression = impressions.Current;
            _repeats += impression.Outcome == ImpressionOutcome.Repeat ? 1 : 0;
            _withoutViewedAt += impression.Outcome == ImpressionOutcome.Recorded && !_viewed.Contains(impression.ArtworkId) ? 1 : 0;
        }
    }

    /// <summary>
    /// A block's row: listener, kind, artworks and returned ones. Listener by listener in order of their blocks, each log is read again from the start, as the
    /// listener's grain would have.
    /// </summary>
    public void AddBlock(DbDataReader row)
    {
        if (row.GetString(0) != _listener)
        {
            _listener = row.GetString(0);
            _served = new ArtworkSet();
        }

        foreach (var artworkId in row.IsDBNull(3) ? [] : PackedIds.Unpack(row.GetFieldValue<byte[]>(3)))
        {
            _served.Remove(artworkId);
        }

        foreach (var artworkId in PackedIds.Unpack(row.GetFieldValue<byte[]>(2)))
        {
            _repeatedServes += !_served.Add(artworkId) && row.GetInt32(1) == (int)BlockKind.SetAside ? 1 : 0;
        }
    }
}
