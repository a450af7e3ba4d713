using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Makes commands of constants of this assembly, with parameters $1, $2, …</summary>
internal static class PostgresCommands
{
#pragma warning disable CA2100 // Nothing from outside is in the text: what comes from there is a parameter.
    public static NpgsqlCommand Of(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        Bind(command.Parameters, values);
        return command;
    }

    /// <summary>One command of a batch.</summary>
    public static NpgsqlBatchCommand Of(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Bind(command.Parameters, values);
        return command;
    }
#pragma warning restore CA2100

    private static void Bind(NpgsqlParameterCollection parameters, ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
