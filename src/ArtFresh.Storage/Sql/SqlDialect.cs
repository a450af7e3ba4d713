using System.Data.Common;

namespace ArtFresh.Storage.Sql;

/// <summary>What differs between the databases when they are read. Everything else is SQL that both understand.</summary>
internal abstract class SqlDialect
{
    /// <summary>Follows a text column, so that the database orders it by its bytes.</summary>
    public abstract string Bytewise { get; }

    /// <summary>A condition that the column holds one of the values of an array parameter.</summary>
    public abstract string OneOf(string column, int parameter);

    /// <summary>The numbers of an array parameter as the rows of a table <c>given (value)</c>.</summary>
    public abstract string Each(int parameter);

    /// <summary>A query that counts the months of batches that were dropped, or at least tells none from some.</summary>
    public abstract string CountDroppedMonths { get; }

    /// <summary>An id as the database stores it.</summary>
    public abstract Guid ReadId(DbDataReader row, int column);

    /// <summary>The parameter $<paramref name="number"/>: a text, number, id, bytes, array of texts or numbers, or null.</summary>
    public abstract DbParameter Parameter(int number, object? value);

    /// <summary>A command with parameters $1, $2, …</summary>
    public DbCommand CommandOf(DbConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is made of constants of this assembly; values from outside are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.Add(Parameter(i + 1, values[i]));
        }

        return command;
    }
}
