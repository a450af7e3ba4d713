using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Replays one listener's log from its start, or from a snapshot, as the listener's grain does.</summary>
public sealed class ListenerLog(string listener)
{
    private readonly ArtworkSet _has = new();
    private readonly ArtworkSet _had = new();
    private readonly ArtworkSet _backfilled = new();
    private readonly ArtworkSet _kept = new();
    private readonly ArtworkSet _spent = new();
    private readonly ArtworkSet _answered = new();
    private readonly SortedSet<long> _givenBack = [];
    private long _wholeSince;

    /// <summary>Goes on from a snapshot.</summary>
    public ListenerLog(string listener, FoldedLog from)
        : this(listener)
    {
        ArgumentNullException.ThrowIfNull(from);
        _has.UnionWith(from.Served);
        _had.UnionWith(from.Served);
        _had.UnionWith([.. from.GivenBack]);
        // Which of the kept were backfilled, and which claimed, no snapshot says.
        _backfilled.UnionWith(from.Kept);
        _kept.UnionWith(from.Kept);
        _spent.UnionWith(from.Unserved);
        _answered.UnionWith(from.Answered);
        _givenBack.UnionWith(from.GivenBack);
        _wholeSince = from.WholeSince;
    }

    /// <summary>Whose log it is.</summary>
    public string Listener { get; } = listener;

    /// <summary>How many artworks of the last row the listener did not have.</summary>
    public int Added { get; private set; }

    /// <summary>How many artworks the last row gives back.</summary>
    public int GivenBack { get; private set; }

    /// <summary>Applies the next row.</summary>
    /// <returns>Artworks that the row sets aside, or spends as never served, although the listener has them.</returns>
    /// <exception cref="InvalidDataException">The row is damaged; nothing of it was applied.</exception>
    public IReadOnlyList<long> Take(BlockRow block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Kind == BlockKind.Undone ? TakeOut(block) : TakeRow(block);
    }

    private List<long> TakeOut(BlockRow undone)
    {
        (Added, GivenBack) = (0, 0);
        foreach (var artworkId in undone.ReturnedIds is { } returned ? PackedIds.Unpack(returned) : [])
        {
            _has.Remove(artworkId);
            _kept.Remove(artworkId);
            _backfilled.Remove(artworkId);
        }

        return [];
    }

    private List<long> TakeRow(BlockRow block)
    {
        var artworkIds = PackedIds.Unpack(block.ArtworkIds);
        var returnedIds = block.ReturnedIds is null ? [] : PackedIds.Unpack(block.ReturnedIds);
        (Added, GivenBack) = (0, returnedIds.Length);
        foreach (var artworkId in returnedIds)
        {
            if (!_kept.Contains(artworkId) && !_spent.Contains(artworkId) && BlockLogged.MayGiveBack(block.Kind, _givenBack.Count) && _has.Remove(artworkId))
            {
                _givenBack.Add(artworkId);
                if (block.Kind == BlockKind.TakenBack)
                {
                    _answered.Add(artworkId);
                }
            }
        }

        List<long>? again = null;
        foreach (var artworkId in artworkIds)
        {
            _had.Add(artworkId);
            _givenBack.Remove(artworkId);
            if (block.Kind is BlockKind.Backfilled or BlockKind.Claimed)
            {
                _kept.Add(artworkId);
                if (block.Kind == BlockKind.Backfilled)
                {
                    _backfilled.Add(artworkId);
                }
            }
            else if (block.Kind == BlockKind.Unserved)
            {
                _spent.Add(artworkId);
            }

            var isNew = _has.Add(artworkId);
            Added += isNew ? 1 : 0;
            if (!isNew && block.Kind is (BlockKind.SetAside or BlockKind.Unserved))
            {
                (again ??= []).Add(artworkId);
            }
        }

        _wholeSince = block.IsJoining ? 0 : Math.Max(_wholeSince, EpochRows.WholeSince(block.Kind, block.Session));
        return again ?? [];
    }

    /// <summary>What a snapshot must say that is taken now.</summary>
    public FoldedLog Fold() => new(_has, _kept, _spent, [.. _givenBack], _answered, _wholeSince, 0);

    /// <summary>What the listener has.</summary>
    public IEnumerable<long> Has => _has;

    /// <summary>Whether the listener was ever served the artwork, or claimed it.</summary>
    public bool EverHad(long artworkId) => _had.Contains(artworkId);

    /// <summary>Whether the artwork came with a guest or from a previous system.</summary>
    public bool WasBroughtAlong(long artworkId) => _backfilled.Contains(artworkId);

    /// <summary>Whether the artwork was spent for the listener because a client named it.</summary>
    public bool WasSpent(long artworkId) => _spent.Contains(artworkId);
}
