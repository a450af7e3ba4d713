namespace ArtFresh.Ledger;

/// <summary>A batch as it leaves the ledger.</summary>
/// <param name="Impressions">Numbers, artworks and outcomes, packed.</param>
/// <param name="DisplayedAt">Unix milliseconds of each display, packed, or null.</param>
public sealed record ExportedBatch(
    long Writer, long Position, string Listener, Guid Session, string Release, long Number, Guid BatchId, DateTimeOffset ReceivedAt, byte[] Impressions, byte[]? DisplayedAt);

/// <summary>An artwork as it leaves the ledger: what never changes of it.</summary>
public sealed record ExportedArtwork(
    long ArtworkId, DateTimeOffset CreatedAt, string Generator, double Valence, double Energy, string Title, string? Author, string? Source, string? Licence, string? Collection,
    string? DigitalSourceType, string? ContentHash);

/// <summary>Reads what leaves the ledger for other systems. Listeners whose erasure is asked for are left out.</summary>
public interface ILedgerExports
{
    /// <summary>The batches that were received in a time, in one consistent read and in no order.</summary>
    Task ReadBatchesAsync(DateTimeOffset from, DateTimeOffset until, Func<ExportedBatch, ValueTask> read, CancellationToken cancellationToken);

    /// <summary>The artworks that were made in a time, in one consistent read.</summary>
    Task ReadArtworksAsync(DateTimeOffset from, DateTimeOffset until, Func<ExportedArtwork, ValueTask> read, CancellationToken cancellationToken);

    /// <summary>The counters of the hours of a time, in one consistent read.</summary>
    Task ReadFiguresAsync(DateTimeOffset from, DateTimeOffset until, Func<CounterAdded, ValueTask> read, CancellationToken cancellationToken);

    /// <summary>The day of the first batch, artwork or counter; null for an empty ledger.</summary>
    Task<DateTimeOffset?> ReadFirstAsync(CancellationToken cancellationToken);
}
