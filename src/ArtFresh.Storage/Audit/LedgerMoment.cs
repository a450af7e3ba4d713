using System.Data.Common;

namespace ArtFresh.Storage.Audit;

/// <summary>What a ledger held at one moment. Rows come one by one: what is held in memory is up to who reads them.</summary>
public abstract partial class LedgerMoment
{
    private const int QuerySecondsMax = 3600;

    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;

    private protected LedgerMoment(DbConnection connection, DbTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    /// <summary>What makes the database order text by its bytes.</summary>
    internal abstract string Bytewise { get; }

    internal abstract Guid ReadId(DbDataReader row, int column);

    /// <summary>A condition on a column, and the value of its parameter $1: that it holds one of the texts.</summary>
    internal abstract (string Condition, object Value) OneOf(string column, IReadOnlyCollection<string> texts);

    /// <summary>A session's id as the database keeps it.</summary>
    internal abstract object ToValue(Guid id);

    /// <summary>Whether months of batches were dropped, so that the ledger no longer holds all that was counted.</summary>
    internal abstract Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken);

    /// <summary>Reads the rows of one query, which both databases understand.</summary>
    /// <param name="sql">With parameters $1, $2, …</param>
    internal async Task EachAsync(string sql, Action<DbDataReader> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandTimeout = QuerySecondsMax;
#pragma warning disable CA2100 // Constants of this assembly.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.Add(Parameter(command, i + 1, values[i]));
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            read(reader);
        }
    }

    /// <summary>The number that a query gives, 0 for none.</summary>
    internal async Task<long> CountAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        var number = 0L;
        await EachAsync(sql, row => number = row.IsDBNull(0) ? 0 : row.GetInt64(0), cancellationToken, values).ConfigureAwait(false);
        return number;
    }

    private protected abstract DbParameter Parameter(DbCommand command, int number, object value);
}
