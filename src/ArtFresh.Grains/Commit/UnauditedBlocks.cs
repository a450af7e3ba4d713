using System.Threading.Channels;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>A block that this silo's writer has committed.</summary>
/// <param name="RepeatsServed">What was counted as served twice in the block's own transaction.</param>
public readonly record struct UnauditedBlock(string ListenerId, long BlockNumber, Guid SessionId, DateTimeOffset LoggedAt, int RepeatsServed);

/// <summary>The blocks of fresh art that this silo's writer has committed and the audit has not read back. Bounded: under load the oldest go, and the audit sees a sample.</summary>
public sealed class UnauditedBlocks
{
    /// <summary>Blocks that may wait.</summary>
    public const int BlocksMax = 512;

    private readonly Channel<UnauditedBlock> _blocks = Channel.CreateBounded<UnauditedBlock>(
        new BoundedChannelOptions(BlocksMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The blocks in the order of their commits.</summary>
    public ChannelReader<UnauditedBlock> Reader => _blocks.Reader;

    /// <summary>Adds a block that is on disk; other rows of a listener's log serve nothing.</summary>
    public void Add(BlockLogged block)
    {
        if (block.Kind == BlockKind.SetAside)
        {
            _blocks.Writer.TryWrite(new UnauditedBlock(block.ListenerId, block.BlockNumber, block.SessionId, block.LoggedAt, block.RepeatsServed));
        }
    }
}
