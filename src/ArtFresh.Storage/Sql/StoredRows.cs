using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads values and rows that several queries return.</summary>
internal static class StoredRows
{
    /// <summary>The first column.</summary>
    public static long ReadNumber(DbDataReader row) => row.GetInt64(0);

    /// <summary>Release, start of the hour or minute, counter, amount.</summary>
    public static CounterAdded ReadCounter(DbDataReader row) => new(row.GetString(0), Time(row.GetInt64(1)), row.GetString(2), row.GetInt64(3));

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? TimeOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : Time(row.GetInt64(column));

    public static long? NumberOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static string? TextOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? BytesOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
}
