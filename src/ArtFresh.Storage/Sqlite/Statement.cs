using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>A prepared statement of the writer's connection: its parameters are bound anew for each row.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this assembly.
        _command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }
    }

    /// <summary>Runs it.</summary>
    /// <returns>Rows changed.</returns>
    public int Run(SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        Bind(transaction, values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs it.</summary>
    /// <returns>The first value, or null.</returns>
    public object? Read(SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        Bind(transaction, values);
        return _command.ExecuteScalar();
    }

    /// <summary>Runs it.</summary>
    /// <returns>Two numbers of its row.</returns>
    public (long First, long Second) ReadPair(SqliteTransaction transaction)
    {
        Bind(transaction, []);
        using var reader = _command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    public void Dispose() => _command.Dispose();

    private void Bind(SqliteTransaction transaction, ReadOnlySpan<object?> values)
    {
        _command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
