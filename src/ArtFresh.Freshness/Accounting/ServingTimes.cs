namespace ArtFresh.Freshness;

/// <summary>
/// When a session's artworks were set aside for it, in Unix milliseconds. Kept are the last blocks as ranges of ids: of two that an artwork's id lies in, the older counts, so that nothing that
/// can be true is refused, and an idle session holds a few dozen bytes.
/// </summary>
public sealed class ServingTimes
{
    private const int BlocksMax = 4;

    private (long FirstId, long LastId, long AtMs)[] _blocks = [];

    /// <summary>Adds a block. Call it in the order of the blocks.</summary>
    public void Add(ReadOnlySpan<long> artworkIds, long atMs)
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
        _blocks = [.. kept, (first, last, atMs)];
    }

    /// <summary>When the artwork was set aside; null where no block that is kept has it.</summary>
    public long? Find(long artworkId)
    {
        foreach (var (first, last, atMs) in _blocks)
        {
            if (artworkId >= first && artworkId <= last)
            {
                return atMs;
            }
        }

        return null;
    }
}
