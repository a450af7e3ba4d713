using System.Globalization;
using Npgsql;

namespace ArtFresh.Bench;

/// <summary>What a bench asks of a PostgreSQL beside the contestants.</summary>
internal static class BenchDatabase
{
    private const int SecondsMax = 600;

    /// <summary>The one number that a query gives.</summary>
    public static async Task<long> ReadNumberAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = CommandOf(connection, sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Does what a statement says.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, sql);
    }

    /// <inheritdoc cref="ExecuteAsync(string, string)"/>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = CommandOf(connection, sql);
        await command.ExecuteNonQueryAsync();
    }

#pragma warning disable CA2100 // Constants and numbers of the bench.
    private static NpgsqlCommand CommandOf(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = SecondsMax };
#pragma warning restore CA2100
}
