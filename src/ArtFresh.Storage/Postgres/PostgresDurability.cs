using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>A 2xx means "on disk": each connection says so to a server whose own default is otherwise, and a server that writes nothing to disk is refused.</summary>
public static class PostgresDurability
{
    /// <summary>Also <c>local</c>, <c>remote_write</c> and <c>remote_apply</c> wait for this server's disk: an operator who chose one keeps it.</summary>
    private const string SetSql = "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

    private const string ReadSql = "select current_setting('fsync'), current_setting('synchronous_commit')";

    /// <summary>Sets a new connection up.</summary>
    internal static async Task SetAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(SetSql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Why commits over this connection may be lost.</summary>
    /// <returns>A sentence with the cure; null where they are on disk when they return.</returns>
    public static async Task<string?> FindFaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (reader.GetString(0), reader.GetString(1)) switch
        {
            ("off", _) => "PostgreSQL runs with fsync = off, so that a crash loses what was acknowledged. Set fsync = on in postgresql.conf and reload.",
            (_, "off") => "PostgreSQL keeps synchronous_commit = off for this connection, so that a crash loses what was acknowledged. Set it to on for the database, or let the pooler pass it.",
            _ => null,
        };
    }

    /// <exception cref="LedgerNotDurableException">Commits may be lost.</exception>
    public static async Task RefuseLossyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await FindFaultAsync(connection, cancellationToken).ConfigureAwait(false) is { } fault)
        {
            throw new LedgerNotDurableException(fault);
        }
    }
}

/// <summary>The database does not write to disk what it says is committed.</summary>
public sealed class LedgerNotDurableException(string message) : Exception(message);
