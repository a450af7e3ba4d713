using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>The set of a listener's artworks: set aside for a session, claimed by one, backfilled, or named by one and so spent.</summary>
internal sealed class ServedArtworks
{
    private ArtworkSet _served = new();
    private readonly Dictionary<int, PassedPositions> _passed = [];
    private readonly Dictionary<(long Floor, int Pool), int> _bottoms = [];
    private readonly SortedSet<long> _givenBack = [];
    /// <summary>Backfilled, or claimed by a session whose client reported them: shown, so that nobody gives them back.</summary>
    private ArtworkSet? _kept;
    private ArtworkSet? _unserved;
    private readonly ArtworkSet _answered = [];

    public ServedArtworks()
    {
    }

    /// <exception cref="InvalidDataException">The snapshot is damaged.</exception>
    public ServedArtworks(ListenerState snapshot)
    {
        _served = ArtworkSet.FromBytes(snapshot.Served);
        _kept = snapshot.Backfilled.Length == 0 ? null : ArtworkSet.FromBytes(snapshot.Backfilled);
        _unserved = snapshot.Unserved.Length == 0 ? null : ArtworkSet.FromBytes(snapshot.Unserved);
        _givenBack = [.. PackedIds.Unpack(snapshot.GivenBack)];
        // A snapshot of the previous release does not say which were in an answer: all may have been.
        _answered = snapshot.Answered.Length == 0 ? [.. _givenBack] : ArtworkSet.FromBytes(snapshot.Answered);
        foreach (var pool in snapshot.Positions.Keys.Union(snapshot.Passed.Keys))
        {
            var passed = new PassedPositions(snapshot.Positions.GetValueOrDefault(pool));
            foreach (var interval in snapshot.Passed.GetValueOrDefault(pool, []).Chunk(2))
            {
                passed.AddWhole(interval[0], interval[1]);
            }

            _passed[pool] = passed;
        }

        BlockNumber = snapshot.BlockNumber;
        WholeSince = snapshot.WholeSince;
        LastRow = snapshot.LastRow;
        Epoch = snapshot.Epoch;
    }

    /// <summary>The last block applied.</summary>
    public long BlockNumber { get; private set; }

    /// <summary>The epoch since which the log is known to be whole; 0 for none.</summary>
    public long WholeSince { get; private set; }

    /// <summary>The epoch of the snapshot that this was read from; 0 for none.</summary>
    public long Epoch { get; }

    /// <summary>A hash of the last row applied, which tells it from another of its number; 0 where that is not known.</summary>
    private ulong LastRow { get => _last is null ? field : HashOf(_last); init; }

    private LoggedBlock? _last;

    /// <summary>Number of artworks in the set.</summary>
    public long Count => _served.Count;

    /// <summary>Artworks given back, by ascending id.</summary>
    public IReadOnlyCollection<long> GivenBack => _givenBack;

    public bool Contains(long artworkId) => _served.Contains(artworkId);

    /// <summary>Whether the artwork is in the set only because a client named it.</summary>
    public bool IsUnserved(long artworkId) => _unserved?.Contains(artworkId) == true;

    /// <summary>Whether a session may give the artwork back: a claimed one stays the listener's, also when its give-back was sent before the claim.</summary>
    public bool MayGiveBack(long artworkId) => _served.Contains(artworkId) && _kept?.Contains(artworkId) != true && !IsUnserved(artworkId);

    /// <summary>Whether a session gave the artwork back after an answer had it: its client says that it never showed it, and may still.</summary>
    public bool WasAnswered(long artworkId) => _answered.Contains(artworkId);

    /// <summary>What the listener has passed of a pool.</summary>
    public PassedPositions PassedIn(int pool)
    {
        if (!_passed.TryGetValue(pool, out var passed))
        {
            _passed[pool] = passed = new PassedPositions();
        }

        return passed;
    }

    /// <summary>The position after a floor in a pool; null while it is not known.</summary>
    public int? BottomOf(long floor, int pool) => floor == 0 ? 0 : _bottoms.TryGetValue((floor, pool), out var bottom) ? bottom : null;

    public void NoteBottom(long floor, int pool, int bottom) => _bottoms[(floor, pool)] = bottom;

    /// <summary>Whether a row is the last one applied, and not another of its number.</summary>
    public bool IsLast(LoggedBlock block) => block.BlockNumber == BlockNumber && (LastRow == 0 || LastRow == HashOf(block));

    /// <summary>What this set has and the other has not.</summary>
    public ImmutableArray<long> Beyond(ServedArtworks other) => [.. _served.Where(artworkId => !other.Contains(artworkId))];

    /// <summary>Applies rows of the log, in order.</summary>
    public void CatchUp(IReadOnlyList<LoggedBlock> blocks)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        _served = ArtworkSet.Gathering(_served);
        foreach (var block in blocks)
        {
            Apply(block);
        }

        _served = _served.Clone();
    }

    /// <summary>Applies one row of the log.</summary>
    public void Apply(LoggedBlock block)
    {
        foreach (var artworkId in block.ReturnedIds)
        {
            if (MayGiveBack(artworkId) && BlockLogged.MayGiveBack(block.Kind, _givenBack.Count))
            {
                _served.Remove(artworkId);
                _givenBack.Add(artworkId);
                if (block.Kind == BlockKind.TakenBack)
                {
                    _answered.Add(artworkId);
                }
            }
        }

        _served.UnionWith(block.ArtworkIds.AsSpan());
        if (block.Kind is BlockKind.Backfilled or BlockKind.Claimed)
        {
            (_kept ??= []).UnionWith(block.ArtworkIds.AsSpan());
        }
        else if (block.Kind == BlockKind.Unserved)
        {
            (_unserved ??= []).UnionWith(block.ArtworkIds.AsSpan());
        }

        foreach (var artworkId in block.ArtworkIds)
        {
            _givenBack.Remove(artworkId);
        }

        // What a guest brings along may have gaps of its own.
        WholeSince = block.IsJoining ? 0 : Math.Max(WholeSince, EpochRows.WholeSince(block.Kind, block.SessionId));
        BlockNumber = block.BlockNumber;
        _last = block;
    }

    private static ulong HashOf(LoggedBlock block)
    {
        var hash = new XxHash64();
        Span<byte> id = stackalloc byte[16];
        block.SessionId.TryWriteBytes(id);
        hash.Append(id);
        hash.Append(MemoryMarshal.AsBytes(block.ArtworkIds.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(block.ReturnedIds.AsSpan()));
        return Math.Max(1, hash.GetCurrentHashAsUInt64());
    }

    /// <summary>All that the listener has.</summary>
    public byte[] ToBytes() => _served.ToBytes();

    /// <param name="epoch">The epoch that this is known to be of.</param>
    public ListenerState ToSnapshot(long epoch) => new()
    {
        BlockNumber = BlockNumber,
        WholeSince = WholeSince,
        LastRow = LastRow,
        Epoch = epoch,
        Served = _served.ToBytes(),
        GivenBack = PackedIds.Pack([.. _givenBack]),
        Positions = _passed.ToDictionary(pool => pool.Key, pool => pool.Value.PassedBefore),
        Passed = _passed.ToDictionary(pool => pool.Key, pool => pool.Value.Whole.SelectMany(interval => new[] { interval.First, interval.Last }).ToArray()),
        Backfilled = _kept?.ToBytes() ?? [],
        Unserved = _unserved?.ToBytes() ?? [],
        Answered = _answered.ToBytes(),
    };
}
