using System.Data.Common;
using System.Text.Json;
using ArtFresh.Storage.Audit;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>A read transaction: in WAL mode writers go on beside it.</summary>
internal sealed class SqliteMoment(SqliteConnection connection, SqliteTransaction transaction) : LedgerMoment(connection, transaction)
{
    internal override string Bytewise => "";

    internal override Guid ReadId(DbDataReader row, int column) => SqliteIds.ToGuid(row.GetFieldValue<byte[]>(column));

    internal override (string Condition, object Value) OneOf(string column, IReadOnlyCollection<string> texts) =>
        ($"{column} in (select value from json_each($1))", JsonSerializer.Serialize(texts));

    internal override object ToValue(Guid id) => SqliteIds.ToBlob(id);

    internal override Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    private protected override DbParameter Parameter(DbCommand command, int number, object value) => new SqliteParameter($"${number}", value);
}
