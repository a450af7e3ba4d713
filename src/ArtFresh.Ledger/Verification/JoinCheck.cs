using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Checks that each guest who has joined is closed, and that the account has all that the guest had. Keeps a few numbers a guest, and what their sessions claimed late.</summary>
internal sealed class JoinCheck(VerificationResult result)
{
    private readonly Dictionary<string, ListenerAlias> _aliases = [];
    private readonly Dictionary<(string Account, long BlockNumber), ListenerAlias> _joinings = [];
    private readonly Dictionary<string, long> _firstOf = [];
    private readonly Dictionary<string, LateClaims> _late = [];
    private readonly Dictionary<string, Sum> _handedOver = [];
    private readonly Dictionary<string, Sum> _takenOver = [];

    public void Add(ListenerAlias alias)
    {
        _aliases[alias.Guest] = alias;
        _joinings[(alias.Account, alias.BlockNumber)] = alias;
    }

    /// <summary>The first row of a log whose rows before it are dropped.</summary>
    public void NoteFirst(string listener, long blockNumber) => _firstOf[listener] = blockNumber;

    /// <summary>A row that a session of a guest has in the account's log.</summary>
    public void AddLate(string guest, BlockRow block)
    {
        if (block.Kind is BlockKind.Claimed or BlockKind.Unserved)
        {
            var late = _late.TryGetValue(guest, out var found) ? found : _late[guest] = new LateClaims();
            (block.Kind == BlockKind.Claimed ? late.Claimed : late.Spent).UnionWith(PackedIds.Unpack(block.ArtworkIds));
        }
    }

    /// <summary>What sessions of a guest claimed after the guest had joined; null for nothing.</summary>
    public LateClaims? LateOf(string? listener) => listener is null ? null : _late.GetValueOrDefault(listener);

    /// <summary>Whether a listener had joined an account by then. What their sessions name is judged by the account's log from there on.</summary>
    public bool HadJoined(string listener, DateTimeOffset at) => _aliases.TryGetValue(listener, out var alias) && alias.JoinedAt <= at;

    /// <summary>A log's closing row.</summary>
    /// <param name="has">What the guest had.</param>
    public void Close(BlockRow block, IEnumerable<long> has)
    {
        if (!_aliases.ContainsKey(block.Listener))
        {
            result.JoinedWhole.Add(new Broken($"block {block.Number} closes the log of listener {block.Listener}, who has joined nobody", block.Listener));
        }

        _handedOver[block.Listener] = Sum.Of(has);
    }

    /// <summary>A row of the account's log with what a guest had.</summary>
    public void Join(BlockRow block)
    {
        if (!_joinings.TryGetValue((block.Listener, block.Number), out var alias))
        {
            result.JoinedWhole.Add(new Broken($"block {block.Number} of listener {block.Listener} holds what a guest had, and no guest has joined with it", block.Listener));
            return;
        }

        _takenOver[alias.Guest] = Sum.Of(PackedIds.Unpack(block.ArtworkIds));
    }

    /// <summary>Compares what was handed over. Call it after the last block.</summary>
    public void Judge()
    {
        foreach (var alias in _aliases.Values)
        {
            if (!_handedOver.TryGetValue(alias.Guest, out var handed))
            {
                result.JoinedWhole.Add(new Broken($"the log of listener {alias.Guest}, who has joined {alias.Account}, is not closed", alias.Guest));
            }
            else if (_firstOf.TryGetValue(alias.Account, out var first) && first > alias.BlockNumber)
            {
                // The row is dropped, with what it says in the account's snapshots.
                continue;
            }
            else if (!_takenOver.TryGetValue(alias.Guest, out var taken))
            {
                result.JoinedWhole.Add(new Broken($"block {alias.BlockNumber} of listener {alias.Account} does not hold what {alias.Guest} had", alias.Account));
            }
            else if (handed != taken)
            {
                result.JoinedWhole.Add(new Broken(
                    $"block {alias.BlockNumber} of listener {alias.Account} holds {taken.Count} artworks, which are not the {handed.Count} that {alias.Guest} had", alias.Account));
            }
        }
    }

    /// <summary>Artworks that sessions of a guest claimed, and that were spent for them, in the account's log.</summary>
    public sealed class LateClaims
    {
        public ArtworkSet Claimed { get; } = [];

        public ArtworkSet Spent { get; } = [];
    }

    /// <summary>Number and hash of a set of ids, in any order. The hash of an id is SplitMix64's finalizer.</summary>
    private readonly record struct Sum(long Count, ulong Hash)
    {
        public static Sum Of(IEnumerable<long> ids) => ids.Aggregate(default(Sum), (sum, id) => new Sum(sum.Count + 1, sum.Hash + HashOf((ulong)id)));

        private static ulong HashOf(ulong id)
        {
            id += 0x9e3779b97f4a7c15;
            id = (id ^ (id >> 30)) * 0xbf58476d1ce4e5b9;
            id = (id ^ (id >> 27)) * 0x94d049bb133111eb;
            return id ^ (id >> 31);
        }
    }
}
