using System.Data.Common;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>PostgreSQL has arrays and ids of its own.</summary>
internal sealed class PostgresDialect : SqlDialect
{
    public override string Bytewise => " collate \"C\"";

    public override string OneOf(string column, int parameter) => $"{column} = any(${parameter})";

    public override string Each(int parameter) => $"unnest(${parameter}::bigint[]) as given (value)";

    /// <summary>A release before notes none; but the month in which the first writer started had a partition, and months are dropped from the oldest on.</summary>
    public override string CountDroppedMonths =>
        """
        select (select count(*) from dropped_month) + count(*) from (select min(started_at) as at from ledger_writer) as first
        where at is not null and not exists (
          select 1 from pg_inherits
          where inhparent = 'impression_batch'::regclass
            and inhrelid = to_regclass('impression_batch_' || to_char(to_timestamp(at / 1000.0) at time zone 'UTC', 'YYYYMM')))
        """;

    public override string ForUpdate => " for update";

    public override bool HasStates => false;

    public override string SnapshotOf => "orleansstorage where grainidextensionstring = $1";

    public override string? HoldBatches => "lock table impression_batch in share mode";

    public override IReadOnlyList<SchemaScript> Scripts => PostgresSchema.Scripts;

    public override IReadOnlyList<SchemaPart> WholeSchema => PostgresSchema.Whole;

    public override string SchemaSql => PostgresSchema.Sql;

    public override string? AddedSql => PostgresSchema.AddedSql;

    public override bool IsHarmless(SchemaPart added) => PostgresSchema.IsHarmless(added);

    public override string Comparable(string definition) => PostgresSchema.Comparable(definition);

    public override Guid ReadId(DbDataReader row, int column) => row.GetGuid(column);

    /// <summary>Without a name: Npgsql numbers such parameters by their order.</summary>
    public override DbParameter Parameter(int number, object? value) => new NpgsqlParameter { Value = value ?? DBNull.Value };
}
