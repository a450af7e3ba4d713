using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Operations;

/// <summary>A session with numbers that have not arrived.</summary>
/// <param name="Missing">How many, 1 or more.</param>
/// <param name="EndedAt">Null while it is open.</param>
/// <param name="LastBatchAt">When it was heard of last.</param>
public sealed record SessionGap(string Release, DateTimeOffset OpenedAt, long Missing, DateTimeOffset? EndedAt, DateTimeOffset LastBatchAt);

/// <summary>The ledger as operators read it.</summary>
public interface IAuditLedger
{
    /// <summary>Reads the whole ledger for legacy art. Its cost grows with the history.</summary>
    Task<LegacyAudit> CountLegacyAsync(CancellationToken cancellationToken);

    /// <summary>The number of the last script that the schema has had, and of the last that this program knows.</summary>
    Task<(int Applied, int Known)> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>The counters of all releases, or of one, from an hour on.</summary>
    Task<IReadOnlyList<CounterAdded>> ReadCountersAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);

    /// <summary>Sessions opened at or after a time in whose numbers there are gaps, of all releases or of one.</summary>
    Task<IReadOnlyList<SessionGap>> ReadGapsAsync(DateTimeOffset from, string? release, CancellationToken cancellationToken);
}
