using System.Data.Common;

namespace ArtFresh.Storage.Sql;

/// <summary>The differences between the databases' SQL for reading. Both understand all other SQL of the reader.</summary>
internal abstract class SqlDialect
{
    /// <summary>A suffix for a text column, so that the database sorts it by bytes.</summary>
    public abstract string Bytewise { get; }

    /// <summary>A condition that the column holds one of the values of an array parameter.</summary>
    public abstract string OneOf(string column, int parameter);

    /// <summary>The numbers of an array parameter as the rows of a table <c>given (value)</c>.</summary>
    public abstract string Each(int parameter);

    /// <summary>A query for the number of dropped months of batches. Any number above 0 will do if there are some.</summary>
    public abstract string CountDroppedMonths { get; }

    /// <summary>A suffix for a query in a transaction that writes: no other changes its rows.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Whether grains' states are in the ledger's own table.</summary>
    public abstract bool HasStates { get; }

    /// <summary>The table and condition of a listener's snapshot.</summary>
    public abstract string SnapshotOf { get; }

    /// <summary>A statement after which no batch is committed until the transaction ends; null where a transaction that writes is alone anyway.</summary>
    public abstract string? HoldBatches { get; }

    /// <summary>The schema's scripts, in order.</summary>
    public abstract IReadOnlyList<SchemaScript> Scripts { get; }

    /// <summary>What the scripts make.</summary>
    public abstract IReadOnlyList<SchemaPart> WholeSchema { get; }

    /// <summary>A query for what the database has: table, name and definition of each <see cref="SchemaPart"/>.</summary>
    public abstract string SchemaSql { get; }

    /// <summary>A query for what no script ever makes and <see cref="SchemaSql"/> does not read, with the names of the ledger's tables as $1; null where there is none.</summary>
    public virtual string? AddedSql => null;

    /// <summary>Whether a part that no script made can change nothing of what is read from the ledger's tables, or written to them.</summary>
    public abstract bool IsHarmless(SchemaPart added);

    /// <summary>A definition without what does not matter.</summary>
    public virtual string Comparable(string definition) => definition;

    /// <summary>An id as the database stores it.</summary>
    public abstract Guid ReadId(DbDataReader row, int column);

    /// <summary>Creates the parameter $<paramref name="number"/>: a text, number, id, bytes, array of texts or numbers, or null.</summary>
    public abstract DbParameter Parameter(int number, object? value);

    /// <summary>A command with parameters $1, $2, …</summary>
    public DbCommand CommandOf(DbConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text consists of constants of this assembly; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.Add(Parameter(i + 1, values[i]));
        }

        return command;
    }
}
