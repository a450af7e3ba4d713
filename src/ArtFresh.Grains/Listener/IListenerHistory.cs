using System.Collections.Immutable;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>A row of a listener's log, as read back.</summary>
public sealed record LoggedBlock(
    long BlockNumber, BlockKind Kind, Guid SessionId, ImmutableArray<long> ArtworkIds, ImmutableArray<long> ReturnedIds);

/// <summary>The ledger as a listener's grain reads it.</summary>
public interface IListenerHistory
{
    /// <summary>The listener's rows after a block number, in order.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read.</exception>
    Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken);
}
