namespace ArtFresh.Ledger.Tests;

/// <summary>A fault of the protocol, to show that the simulation finds it.</summary>
public enum ShardFault
{
    None,

    /// <summary>The old shard is not closed before the new one owns the bucket.</summary>
    NeverClosed,

    /// <summary>The new shard owns the bucket although rows are missing.</summary>
    NotCompared,

    /// <summary>A move is given up without the new shard's refusal.</summary>
    NotRefused,
}

/// <summary>What a shard says of a bucket.</summary>
internal enum BucketState
{
    Unknown,
    Owned,
    Closed,

    /// <summary>The generation will never be owned here.</summary>
    Refused,
}

/// <summary>One database: each method is a transaction.</summary>
internal sealed class Shard
{
    private const int RowsAtOnce = 24;

    private readonly List<long> _log = [];

    public BucketState State { get; private set; }

    public int Generation { get; private set; }

    /// <summary>Artworks served to the bucket's one listener, in the order of its blocks.</summary>
    public IReadOnlyList<long> Log => _log;

    /// <summary>Serves the next artwork, in the shard's own transaction.</summary>
    /// <returns>Null if the shard does not own the bucket.</returns>
    public long? Serve()
    {
        if (State != BucketState.Owned)
        {
            return null;
        }

        _log.Add(_log.Count == 0 ? 1 : _log.Max() + 1);
        return _log[^1];
    }

    /// <summary>Some of another shard's rows that are not here yet, in one transaction.</summary>
    public void Copy(IEnumerable<long> rows) => _log.AddRange(rows.Where(row => !_log.Contains(row)).Take(RowsAtOnce).ToArray());

    public void Close(int generation)
    {
        if (State == BucketState.Owned && Generation < generation)
        {
            State = BucketState.Closed;
        }
    }

    public void Own(int generation)
    {
        // A row of this generation, or of a later one, decides.
        if (Generation < generation)
        {
            (State, Generation) = (BucketState.Owned, generation);
        }
    }

    /// <returns>False if it owns the bucket under the generation already: the move cannot be given up.</returns>
    public bool Refuse(int generation)
    {
        if (Generation >= generation)
        {
            return State != BucketState.Owned || Generation != generation;
        }

        (State, Generation) = (BucketState.Refused, generation);
        return true;
    }

    /// <summary>Opens a closed bucket again.</summary>
    public void Reopen(int generation)
    {
        if (State == BucketState.Closed && Generation < generation)
        {
            (State, Generation) = (BucketState.Owned, generation);
        }
    }

    /// <summary>Deletes what a move to the generation has taken away.</summary>
    public void Forget(int generation)
    {
        if (State == BucketState.Closed && Generation < generation)
        {
            _log.Clear();
        }
    }
}

/// <summary>Who owns the bucket, and where it moves to.</summary>
internal sealed class ShardDirectory
{
    public int Owner { get; private set; }

    public int Generation { get; private set; } = 1;

    public (int To, int Generation)? Move { get; private set; }

    public void Begin(int to) => Move ??= to == Owner ? null : (to, Generation + 1);

    /// <summary>The move has ended: at its goal, or, given up, where it began under a generation later.</summary>
    public void End((int To, int Generation) move, bool isGivenUp)
    {
        if (Move == move)
        {
            (Owner, Generation) = isGivenUp ? (Owner, move.Generation + 1) : (move.To, move.Generation);
            Move = null;
        }
    }
}

/// <summary>Moves the bucket step by step, from what it finds. It may die after each step; another begins from the first.</summary>
internal sealed class Mover(ShardDirectory directory, Shard[] shards, ShardFault fault, bool givesUp)
{
    private int _step;
    private (int To, int Generation)? _move;
    private int _from;

    public void Step()
    {
        if (_step == 0)
        {
            (_move, _from) = (directory.Move, directory.Owner);
        }

        if (_move is not { } move || directory.Move != move)
        {
            _step = 0;
            return;
        }

        var (from, to) = (shards[_from], shards[move.To]);
        if (givesUp)
        {
            GiveUp(move, from, to);
            return;
        }

        switch (_step++)
        {
            case 0 or 2:
                to.Copy(from.Log);
                break;
            case 1 when fault != ShardFault.NeverClosed:
                from.Close(move.Generation);
                break;
            case 3:
                // Rows may be missing where another mover has opened the old shard meanwhile.
                if (fault == ShardFault.NotCompared || fault == ShardFault.NeverClosed || (from.State == BucketState.Closed && from.Log.All(to.Log.Contains)))
                {
                    to.Own(move.Generation);
                }

                break;
            case 4 when to.State == BucketState.Owned && to.Generation == move.Generation:
                directory.End(move, isGivenUp: false);
                break;
            case 5 when directory.Owner == move.To:
                from.Forget(move.Generation);
                break;
            case > 5:
                _step = 0;
                break;
            default:
                break;
        }
    }

    private void GiveUp((int To, int Generation) move, Shard from, Shard to)
    {
        switch (_step++)
        {
            case 0 when fault != ShardFault.NotRefused && !to.Refuse(move.Generation):
                // Too late: another mover takes it to its end.
                _step = 0;
                break;
            case 1:
                from.Reopen(move.Generation + 1);
                break;
            case 2:
                directory.End(move, isGivenUp: true);
                break;
            case > 2:
                _step = 0;
                break;
            default:
                break;
        }
    }
}
