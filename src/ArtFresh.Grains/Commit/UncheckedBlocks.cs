using System.Threading.Channels;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>A block that this silo's writer has committed.</summary>
/// <param name="ServedTwice">Artworks counted as served twice in the block's own transaction.</param>
public readonly record struct UncheckedBlock(string ListenerId, long BlockNumber, Guid SessionId, DateTimeOffset LoggedAt, int ServedTwice);

/// <summary>
/// Blocks that this silo's writer has committed and <see cref="BlockCheck"/> has not read. A listener has one place in the queue, however many blocks wait there, so that one
/// who is served a lot displaces nobody. Bounded: under load the listeners that wait longest are dropped, and each listener's oldest blocks.
/// </summary>
public sealed class UncheckedBlocks
{
    /// <summary>The most listeners that wait.</summary>
    public const int ListenersMax = 512;

    /// <summary>The most blocks that wait of one listener.</summary>
    public const int BlocksOfListenerMax = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<UncheckedBlock>> _blocks = [];
    private readonly Channel<string> _listeners;

    /// <summary>An empty queue.</summary>
    public UncheckedBlocks() => _listeners = Channel.CreateBounded<string>(
        new BoundedChannelOptions(ListenersMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, dropped => Take(dropped));

    /// <summary>The blocks of the listener who waits longest, in the order of their commits. Waits for one.</summary>
    public async Task<IReadOnlyCollection<UncheckedBlock>> TakeAsync(CancellationToken cancellationToken) =>
        Take(await _listeners.Reader.ReadAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Adds a committed block. Ignores the other rows of a listener's log, which serve nothing.</summary>
    public void Add(BlockLogged block)
    {
        if (block.Kind != BlockKind.SetAside || block.ArtworkIds.IsEmpty)
        {
            return;
        }

        lock (_lock)
        {
            if (_blocks.TryGetValue(block.ListenerId, out var waiting))
            {
                if (waiting.Count == BlocksOfListenerMax)
                {
                    waiting.Dequeue();
                }
            }
            else
            {
                _blocks[block.ListenerId] = waiting = new Queue<UncheckedBlock>(1);
                _listeners.Writer.TryWrite(block.ListenerId);
            }

            waiting.Enqueue(new UncheckedBlock(block.ListenerId, block.BlockNumber, block.SessionId, block.LoggedAt, block.ServedTwice));
        }
    }

    private Queue<UncheckedBlock> Take(string listenerId)
    {
        lock (_lock)
        {
            return _blocks.Remove(listenerId, out var waiting) ? waiting : new Queue<UncheckedBlock>();
        }
    }
}
