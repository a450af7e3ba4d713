namespace ArtFresh.Ledger;

/// <summary>
/// A listener to whose log something else than the listener's grain has written, while sessions may hold the unserved rest of blocks that were set aside before. Committed
/// with the rows written.
/// </summary>
/// <param name="BlockNumber">The last row written.</param>
public readonly record struct BlockEnding(string ListenerId, long BlockNumber)
{
    /// <summary>
    /// How long a session serves from one block. What is added to the listener's set must be taken out of the blocks that are served, and only sessions with a block so young
    /// are asked.
    /// </summary>
    public static readonly TimeSpan BlockLifetime = TimeSpan.FromHours(1);

    /// <summary>By how much the clocks of two processes may differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>Blocks that were set aside before are served no more.</summary>
    public static DateTimeOffset ServedSince(DateTimeOffset now) => now - BlockLifetime - ClockSkew;
}

/// <summary>Endings of blocks that silos have to do.</summary>
public interface IBlockEndings
{
    /// <summary>Endings that are not done.</summary>
    Task<IReadOnlyList<BlockEnding>> ReadAsync(int count, CancellationToken cancellationToken);

    /// <summary>How many are not done.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>An ending is done. One that was asked for again meanwhile, by a later row, stays.</summary>
    Task DeleteAsync(BlockEnding done, CancellationToken cancellationToken);
}
