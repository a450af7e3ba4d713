using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage;

/// <summary>Rows of releases and operators as they come out of either database.</summary>
internal static class ReleaseRows
{
    /// <summary>What <see cref="ReadAudit"/> takes.</summary>
    public const string AuditColumns = "audit_id, at, actor, what, release, detail";

    /// <summary>The last episode of each release, for <see cref="ReadFailure"/>.</summary>
    public const string LatestFailures =
        """
        select release, episode, failed_at, evidence, action, recovered_at from release_failure f
        where episode = (select max(episode) from release_failure l where l.release = f.release)
        """;

    public static ReleasePolicy ReadPolicy(DbDataReader row) => new(row.GetString(0), DeliveryWords.Read(row.GetString(1)), StoredRows.Time(row.GetInt64(2)));

    public static ReleaseSeen ReadSeen(DbDataReader row) => new(row.GetString(0), StoredRows.Time(row.GetInt64(1)), StoredRows.Time(row.GetInt64(2)));

    public static ReleaseFailure ReadFailure(DbDataReader row) => new(
        row.GetString(0), row.GetInt32(1), StoredRows.Time(row.GetInt64(2)), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : StoredRows.Time(row.GetInt64(5)));

    public static AuditEntry ReadAudit(DbDataReader row) => new(
        row.GetInt64(0), StoredRows.Time(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5));
}
