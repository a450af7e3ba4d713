using System.Data.Common;
using System.Globalization;
using ArtFresh.Storage.Audit;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>A transaction that sees one snapshot.</summary>
internal sealed class PostgresMoment(NpgsqlConnection connection, NpgsqlTransaction transaction) : LedgerMoment(connection, transaction)
{
    internal override string Bytewise => " collate \"C\"";

    internal override Guid ReadId(DbDataReader row, int column) => row.GetGuid(column);

    internal override (string Condition, object Value) OneOf(string column, IReadOnlyCollection<string> texts) => ($"{column} = any($1)", texts.ToArray());

    internal override object ToValue(Guid id) => id;

    /// <summary>The month of the first writer's start has had a partition.</summary>
    internal override async Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken)
    {
        var started = await CountAsync("select min(started_at) from ledger_writer", cancellationToken);
        var first = DateTimeOffset.FromUnixTimeMilliseconds(started).ToString("yyyyMM", CultureInfo.InvariantCulture);
        return started > 0
            && await CountAsync("select count(*) from pg_inherits where inhparent = 'impression_batch'::regclass and inhrelid = to_regclass($1)", cancellationToken, $"impression_batch_{first}") == 0;
    }

    private protected override DbParameter Parameter(DbCommand command, int number, object value) => new NpgsqlParameter { Value = value };
}
