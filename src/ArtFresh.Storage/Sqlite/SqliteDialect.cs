using System.Data.Common;
using System.Text.Json;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>SQLite has no arrays, so they are passed as JSON; it has no ids, so they are stored as blobs.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public override string Bytewise => "";

    public override string OneOf(string column, int parameter) => $"{column} in (select value from json_each(${parameter}))";

    public override string Each(int parameter) => $"json_each(${parameter}) as given";

    public override string CountDroppedMonths => "select count(*) from dropped_month";

    /// <summary>Only one transaction writes at a time.</summary>
    public override string ForUpdate => "";

    public override bool HasStates => true;

    public override string SnapshotOf => "grain_state where state_name = 'listener' and grain_key = 'listener/' || $1";

    public override string? HoldBatches => null;

    public override IReadOnlyList<SchemaScript> Scripts => SqliteSchema.Scripts;

    public override IReadOnlyList<SchemaPart> WholeSchema => SqliteSchema.Whole;

    public override string SchemaSql => SqliteSchema.Sql;

    public override bool IsHarmless(SchemaPart added) => SqliteSchema.IsHarmless(added);

    public override string Comparable(string definition) => SqliteSchema.Comparable(definition);

    public override Guid ReadId(DbDataReader row, int column) => SqliteIds.ToGuid(row.GetFieldValue<byte[]>(column));

    public override DbParameter Parameter(int number, object? value) => new SqliteParameter(
        $"${number}",
        value switch
        {
            null => DBNull.Value,
            Guid id => SqliteIds.ToBlob(id),
            long[] numbers => JsonSerializer.Serialize(numbers),
            string[] texts => JsonSerializer.Serialize(texts),
            _ => value,
        });
}
