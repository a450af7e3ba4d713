namespace ArtFresh.Ledger;

/// <summary>A writer with rows that are not sent.</summary>
/// <param name="Sent">The position up to which its rows are sent.</param>
/// <param name="Last">Its last position.</param>
public readonly record struct FeedWriter(long Writer, long Sent, long Last);

/// <summary>Committed batches for a system outside, with a checkpoint for each writer: what is sent and not noted is sent again.</summary>
public interface IImpressionFeed
{
    /// <summary>Takes the turn for a member, or keeps it. One that stops loses it after <paramref name="lease"/>.</summary>
    /// <returns>False if it is another's.</returns>
    Task<bool> TakeTurnAsync(Guid member, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Writers with rows that are not sent.</summary>
    Task<IReadOnlyList<FeedWriter>> ReadWritersAsync(CancellationToken cancellationToken);

    /// <summary>A writer's rows after a position, in order. Rows of listeners whose erasure is asked for are left out.</summary>
    Task<IReadOnlyList<ExportedBatch>> ReadAsync(FeedWriter writer, int count, CancellationToken cancellationToken);

    /// <summary>A writer's rows are sent up to a position.</summary>
    Task AdvanceAsync(long writer, long position, CancellationToken cancellationToken);
}
