using ArtFresh.Contracts;

namespace ArtFresh.Grains.Operations;

/// <summary>A batch row, as the tally reads it.</summary>
/// <param name="OpenedAt">When the batch's session was opened.</param>
/// <param name="Impressions">Packed; null where all were recorded, and are in <paramref name="Recorded"/>.</param>
/// <param name="Account">A packed <see cref="Freshness.BatchAccount"/>; null of rows of a release that kept none.</param>
/// <param name="Recorded">Artworks of the recorded impressions, where they need not be unpacked.</param>
public readonly record struct LoggedBatch(
    long Position,
    string Release,
    DateTimeOffset OpenedAt,
    DateTimeOffset ReceivedAt,
    byte[]? Impressions,
    int Duplicates,
    DeliveryReport? Report,
    long? Account,
    ReadOnlyMemory<long> Recorded = default);

/// <summary>The ledger's batch rows in the order in which a writer committed them.</summary>
public interface IImpressionLog
{
    /// <summary>Writers with rows that no tally has added up.</summary>
    Task<long[]> ReadUntalliedWritersAsync(CancellationToken cancellationToken);

    /// <summary>Position up to which a writer's rows are added up, 0 at first.</summary>
    Task<long> ReadCheckpointAsync(long writerNumber, CancellationToken cancellationToken);

    /// <summary>A writer's rows after a position, in order.</summary>
    Task<IReadOnlyList<LoggedBatch>> ReadBatchesAsync(long writerNumber, long afterPosition, int count, CancellationToken cancellationToken);

    /// <summary>Those of the artworks that have no <c>viewed_at</c>.</summary>
    Task<long[]> FindUnviewedAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken);
}
