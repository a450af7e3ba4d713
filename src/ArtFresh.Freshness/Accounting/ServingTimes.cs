namespace ArtFresh.Freshness;

/// <summary>
/// Since when a session's client can have waited for its artworks, in Unix milliseconds: a client asks again while the server is down, so that is since the answer before their block, and not
/// since the block. Kept are the last blocks as ranges of ids: of two that an artwork's id lies in, the older counts, so that nothing that can be true is refused, and an idle session holds a few
/// dozen bytes.
/// </summary>
public sealed class ServingTimes
{
    private const int BlocksMax = 4;

    private (long FirstId, long LastId, long? SinceMs)[] _blocks = [];
    private long? _lastBlockMs;

    /// <summary>Adds a block. Call it in the order of the blocks.</summary>
    /// <param name="atMs">When it was set aside.</param>
    /// <param name="answeredMs">When the session answered last before; null where that is not known: not before the block before.</param>
    public void Add(ReadOnlySpan<long> artworkIds, long atMs, long? answeredMs = null)
    {
        if (artworkIds.IsEmpty)
        {
            return;
        }

        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var artworkId in artworkIds)
        {
            (first, last) = (Math.Min(first, artworkId), Math.Max(last, artworkId));
        }

        var kept = _blocks.Length == BlocksMax ? _blocks.AsSpan(1) : _blocks;
        _blocks = [.. kept, (first, last, answeredMs ?? _lastBlockMs)];
        _lastBlockMs = atMs;
    }

    /// <summary>Since when the client can have waited for the artwork; null where that may be as long as the session is old.</summary>
    public long? Find(long artworkId)
    {
        foreach (var (first, last, sinceMs) in _blocks)
        {
            if (artworkId >= first && artworkId <= last)
            {
                return sinceMs;
            }
        }

        return null;
    }
}
