using System.Threading.Channels;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>A block that this silo's writer has committed.</summary>
/// <param name="ServedTwice">Artworks counted as served twice in the block's own transaction.</param>
public readonly record struct UncheckedBlock(string ListenerId, long BlockNumber, Guid SessionId, DateTimeOffset LoggedAt, int ServedTwice);

/// <summary>Blocks that this silo's writer has committed and <see cref="BlockCheck"/> has not read. Bounded: under load the oldest are dropped.</summary>
public sealed class UncheckedBlocks
{
    /// <summary>The most blocks that wait.</summary>
    public const int BlocksMax = 512;

    private readonly Channel<UncheckedBlock> _blocks = Channel.CreateBounded<UncheckedBlock>(
        new BoundedChannelOptions(BlocksMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The blocks in the order of their commits.</summary>
    public ChannelReader<UncheckedBlock> Reader => _blocks.Reader;

    /// <summary>Adds a committed block. Ignores the other rows of a listener's log, which serve nothing.</summary>
    public void Add(BlockLogged block)
    {
        if (block.Kind == BlockKind.SetAside)
        {
            _blocks.Writer.TryWrite(new UncheckedBlock(block.ListenerId, block.BlockNumber, block.SessionId, block.LoggedAt, block.ServedTwice));
        }
    }
}
