using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>One listener's log, read again from its start as the listener's grain would have.</summary>
internal sealed class ListenerLog(string listener)
{
    private readonly ArtworkSet _has = new();
    private readonly ArtworkSet _had = new();
    private readonly ArtworkSet _backfilled = new();
    private readonly ArtworkSet _spent = new();

    public string Listener { get; } = listener;

    /// <summary>Takes the next row.</summary>
    /// <returns>Artworks that it sets aside, or spends as never served, though the listener has them.</returns>
    /// <exception cref="InvalidDataException">The row is damaged; nothing of it was taken.</exception>
    public IReadOnlyList<long> Take(BlockRow block)
    {
        var artworkIds = PackedIds.Unpack(block.ArtworkIds);
        foreach (var artworkId in block.ReturnedIds is null ? [] : PackedIds.Unpack(block.ReturnedIds))
        {
            if (!_backfilled.Contains(artworkId))
            {
                _has.Remove(artworkId);
            }
        }

        List<long>? again = null;
        foreach (var artworkId in artworkIds)
        {
            _had.Add(artworkId);
            if (block.Kind == BlockKind.Backfilled)
            {
                _backfilled.Add(artworkId);
            }
            else if (block.Kind == BlockKind.Unserved)
            {
                _spent.Add(artworkId);
            }

            if (!_has.Add(artworkId) && block.Kind is (BlockKind.SetAside or BlockKind.Unserved))
            {
                (again ??= []).Add(artworkId);
            }
        }

        return again ?? [];
    }

    /// <summary>Whether the listener was ever served the artwork, or claimed it.</summary>
    public bool EverHad(long artworkId) => _had.Contains(artworkId);

    /// <summary>Whether the artwork was spent for the listener because a client named it.</summary>
    public bool WasSpent(long artworkId) => _spent.Contains(artworkId);
}
