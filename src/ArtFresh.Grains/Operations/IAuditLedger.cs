using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Operations;

/// <summary>The ledger as operators read it.</summary>
public interface IAuditLedger
{
    /// <summary>Reads the whole ledger for legacy art. Its cost grows with the history.</summary>
    Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken);

    /// <summary>The number of the last script that the schema has had, and of the last that this program knows.</summary>
    Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>The counters of all releases, or of one, from an hour on.</summary>
    Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);
}
