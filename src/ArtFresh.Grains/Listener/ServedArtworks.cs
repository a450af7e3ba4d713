using System.Collections.Immutable;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>The set of a listener's artworks: set aside for a session, claimed by one, backfilled, or named by one and so spent.</summary>
internal sealed class ServedArtworks
{
    /// <summary>What a row costs to read and keep beside its artworks.</summary>
    private const int RowBytes = 64;

    private const int ArtworkBytes = 2;

    /// <summary>Artworks that wait to be picked. Of more, those that have waited longest are given up for the listener.</summary>
    public const int PassedOverMax = 64;

    private ArtworkSet _served = new();
    private readonly Dictionary<int, PassedPositions> _passed = [];
    private readonly Dictionary<(long Floor, int Pool), int> _bottoms = [];
    private readonly SortedSet<long> _givenBack = [];
    private readonly List<long> _passedOver = [];
    /// <summary>Backfilled, or claimed by a session whose client reported them: shown, so that nobody gives them back.</summary>
    private ArtworkSet? _kept;
    private ArtworkSet? _unserved;
    private readonly ArtworkSet _answered = [];

    public ServedArtworks()
    {
    }

    /// <param name="snapshot">What it begins with.</param>
    /// <param name="folded">What the snapshot says.</param>
    public ServedArtworks(ListenerSnapshot snapshot, FoldedLog folded)
    {
        _served = folded.Served;
        _kept = folded.Kept.Count == 0 ? null : folded.Kept;
        _unserved = folded.Unserved.Count == 0 ? null : folded.Unserved;
        _givenBack = [.. folded.GivenBack];
        _answered = folded.Answered;
        BlockNumber = snapshot.BlockNumber;
        WholeSince = folded.WholeSince;
        LastRow = snapshot.LastRow;
        Epoch = folded.Epoch;
    }

    /// <summary>Takes over what the listener has passed of the pools, unless a backfill was undone since: there is fresh art in what was passed.</summary>
    public void TakePlaces(ListenerState places)
    {
        if (places.SavedAt < _undoneAt)
        {
            return;
        }

        ArePlacesStale = false;
        foreach (var pool in places.Positions.Keys.Union(places.Passed.Keys))
        {
            var passed = new PassedPositions(places.Positions.GetValueOrDefault(pool));
            foreach (var interval in places.Passed.GetValueOrDefault(pool, []).Chunk(2))
            {
                passed.AddWhole(interval[0], interval[1]);
            }

            _passed[pool] = passed;
        }

        PassOver(places.PassedOver);
        Looks = RecentLooks.Of(places.Looks);
    }

    /// <summary>
    /// Whether the places that are stored may pass over what an undone backfill has left fresh. A snapshot that covers the undoing must not be written before others are.
    /// </summary>
    public bool ArePlacesStale { get; private set; }

    private long _undoneAt;

    /// <summary>The places are stored.</summary>
    public void NotePlaces() => ArePlacesStale = false;

    /// <summary>The last block applied.</summary>
    public long BlockNumber { get; private set; }

    /// <summary>The epoch since which the log is known to be whole; 0 for none.</summary>
    public long WholeSince { get; private set; }

    /// <summary>The epoch of the snapshot that this was read from; 0 for none.</summary>
    public long Epoch { get; }

    /// <summary>The checksum of the last row applied, which tells it from another of its number.</summary>
    public long LastRow { get => _last?.Checksum ?? field; private init; }

    private LoggedBlock? _last;

    /// <summary>Number of artworks in the set.</summary>
    public long Count => _served.Count;

    /// <summary>Artworks given back, by ascending id.</summary>
    public IReadOnlyCollection<long> GivenBack => _givenBack;

    /// <summary>Artworks that blocks have left out though their positions are passed.</summary>
    public IReadOnlyCollection<long> PassedOver => _passedOver;

    /// <summary>What the last artworks look like that blocks had. A listener who leaves memory without a stop of the silo loses those since the places were stored.</summary>
    public RecentLooks Looks { get; private set; } = new();

    public bool Contains(long artworkId) => _served.Contains(artworkId);

    /// <summary>Keeps artworks for later picks.</summary>
    public void PassOver(IEnumerable<long> artworkIds)
    {
        _passedOver.RemoveAll(_served.Contains);
        _passedOver.AddRange(artworkIds.Except(_passedOver).Except(_givenBack).ToArray());
        _passedOver.RemoveRange(0, Math.Max(0, _passedOver.Count - PassedOverMax));
    }

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
    public bool IsLast(LoggedBlock block) => block.BlockNumber == BlockNumber && block.Checksum == LastRow;

    /// <summary>About how many bytes of log were applied to what this began with.</summary>
    public long LogBytes { get; private set; }

    /// <summary>Adds all that another set has.</summary>
    public void Remember(ServedArtworks other) => _served.UnionWith(other._served);

    /// <summary>What this set has and the other has not.</summary>
    public ImmutableArray<long> Beyond(ServedArtworks other) => [.. _served.Where(artworkId => !other.Contains(artworkId))];

    /// <summary>Applies rows of the log, in order.</summary>
    /// <param name="isPart">Whether rows may be missing, because what they said is remembered otherwise.</param>
    /// <exception cref="LedgerUnavailableException">A row is missing, so that nobody knows what the listener has.</exception>
    public void CatchUp(IReadOnlyList<LoggedBlock> blocks, bool isPart = false)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        if (!isPart && blocks.Index().FirstOrDefault(row => row.Item.BlockNumber != BlockNumber + 1 + row.Index).Item is { } later)
        {
            throw new LedgerUnavailableException(
                $"A listener's log has block {later.BlockNumber} and lacks blocks before it, which no snapshot covers. Nothing is served to the listener until they are back: run verify.");
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
        if (block.Kind == BlockKind.Undone)
        {
            TakeOut(block);
        }

        foreach (var artworkId in block.Kind == BlockKind.Undone ? [] : block.ReturnedIds)
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
        LogBytes += RowBytes + (ArtworkBytes * (block.ArtworkIds.Length + block.ReturnedIds.Length));
        _last = block;
    }

    private void TakeOut(LoggedBlock undone)
    {
        foreach (var artworkId in undone.ReturnedIds)
        {
            _served.Remove(artworkId);
            _kept?.Remove(artworkId);
        }

        _passed.Clear();
        (_undoneAt, ArePlacesStale) = (undone.BlockNumber, true);
    }

    /// <summary>All that the listener has.</summary>
    public byte[] ToBytes() => _served.ToBytes();

    /// <param name="epoch">The epoch that this is known to be of.</param>
    public byte[] Fold(long epoch) => new FoldedLog(_served, _kept ?? [], _unserved ?? [], [.. _givenBack], _answered, WholeSince, epoch).ToBytes();

    /// <summary>A snapshot holds all that was applied so far.</summary>
    public void NoteFolded() => LogBytes = 0;

    /// <summary>What the listener has passed of the pools. To the release before it is a snapshot without blocks, so that it reads them all.</summary>
    public ListenerState ToPlaces() => new()
    {
        Served = new ArtworkSet().ToBytes(),
        GivenBack = PackedIds.Pack([]),
        SavedAt = BlockNumber,
        Positions = _passed.ToDictionary(pool => pool.Key, pool => pool.Value.PassedBefore),
        Passed = _passed.ToDictionary(pool => pool.Key, pool => pool.Value.Whole.SelectMany(interval => new[] { interval.First, interval.Last }).ToArray()),
        PassedOver = [.. _passedOver],
        Looks = Looks.Values,
    };
}
