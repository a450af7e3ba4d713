namespace ArtFresh.Ledger;

/// <summary>Months of sessions and their batches, by the opening of the session.</summary>
public interface ILedgerMonths
{
    /// <summary>Months that the ledger holds and that ended before a time, the oldest first.</summary>
    Task<IReadOnlyList<DateTimeOffset>> ReadEndedAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Drops a month's batches and sessions. What listeners have stays in their blocks, and the figures stay in the tallies.</summary>
    /// <param name="month">Any moment of it.</param>
    /// <returns>How many sessions.</returns>
    /// <exception cref="InvalidOperationException">The month is too young, or has rows that no tally has added up.</exception>
    Task<long> DropAsync(DateTimeOffset month, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>What a call did to a listener's log.</summary>
/// <param name="Dropped">Blocks that it has dropped.</param>
/// <param name="Uncovered">Up to which block both snapshots must reach before the rest can go; 0 where nothing is left to drop.</param>
/// <param name="Fault">Why nothing was dropped, as a sentence: a snapshot is not what the log says; null for no fault.</param>
public sealed record BlocksDropped(long Dropped, long Uncovered, string? Fault);

/// <summary>
/// Drops blocks of listeners' logs by the month in which they were logged, where both snapshots of the listener cover them. A listener's last block stays. Each call may be
/// interrupted and made again.
/// </summary>
public interface IBlockMonths
{
    /// <summary>Begins to drop all blocks of months that ended before a time.</summary>
    /// <param name="before">Any moment of the month after them.</param>
    /// <returns>False if that is done already.</returns>
    Task<bool> BeginAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Looks at some listeners in the order of their ids, for those who have blocks to drop.</summary>
    /// <param name="after">The last part's <see cref="IdlePage.Last"/>; empty for the first.</param>
    Task<IdlePage> ReadDueAsync(string after, DateTimeOffset before, int count, CancellationToken cancellationToken);

    /// <summary>Drops a listener's blocks of those months, after the rest of the log has shown that both snapshots say what it says.</summary>
    Task<BlocksDropped> DropAsync(string listenerId, DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Notes that all are dropped, and merges what is left of them.</summary>
    Task EndAsync(DateTimeOffset before, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>The table that names listeners and that a sweep goes through.</summary>
public enum ListenerSource
{
    /// <summary>Listeners who were ever served.</summary>
    Blocks,

    /// <summary>Listeners who opened a session.</summary>
    Sessions,
}

/// <summary>A part of a sweep over all listeners.</summary>
/// <param name="Idle">Those who may have lapsed: their own last block and session are old. In a sweep over logs, those who have blocks to drop.</param>
/// <param name="Looked">How many listeners it looked at.</param>
/// <param name="Last">Where the next part begins; null after the last.</param>
public sealed record IdlePage(IReadOnlyList<string> Idle, int Looked, string? Last);

/// <summary>
/// Erases listeners who have not come back. A visit is a session, a block, a batch, a kept artwork or a joining; an account and the guests who have joined it are one person,
/// and any visit of theirs counts.
/// </summary>
public interface IRetention
{
    /// <summary>Takes the turn for a member when the work is due, or keeps it. One member has the turn at a time; one that stops loses it after <paramref name="lease"/>.</summary>
    /// <returns>False if it is not due, or another's.</returns>
    Task<bool> TakeTurnAsync(Guid member, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>The work is done until a time.</summary>
    Task EndTurnAsync(Guid member, DateTimeOffset nextAt, CancellationToken cancellationToken);

    /// <summary>Looks at some listeners in the order of their ids.</summary>
    /// <param name="after">The last part's <see cref="IdlePage.Last"/>; empty for the first.</param>
    /// <param name="before">Visits before this time are old.</param>
    Task<IdlePage> ReadIdleAsync(ListenerSource source, string after, DateTimeOffset before, int count, CancellationToken cancellationToken);

    /// <summary>Asks for the erasure of a person without a visit since a time, unless the member has lost its turn.</summary>
    /// <param name="listenerId">Any id of theirs.</param>
    /// <returns>False if they have visited since, or the erasure is asked for already, or the turn is another's.</returns>
    Task<bool> LapseAsync(string listenerId, DateTimeOffset before, Guid member, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>How many of those erasures are not done.</summary>
    Task<long> CountLapsesAsync(CancellationToken cancellationToken);
}
