using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>One SQLite database, a file or in memory: opens connections and brings the schema up to date.</summary>
public sealed class SqliteDatabase : ILedgerSource, IDisposable
{
    /// <summary>How long a writer waits for another process's transaction.</summary>
    private const int BusySeconds = 10;

    private readonly string _connectionString;

    /// <summary>A database in memory lives as long as somebody is connected to it.</summary>
    private SqliteConnection? _keeper;

    /// <param name="path">The file; its folder must exist.</param>
    public SqliteDatabase(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = BusySeconds,
            Pooling = true,
        }.ToString();
    }

    /// <summary>A database in the memory of this process, gone when it is disposed. What it commits, no disk holds.</summary>
    public static SqliteDatabase InMemory()
    {
        var database = new SqliteDatabase($"file:/artfresh-{Guid.CreateVersion7():N}?vfs=memdb");
        database._keeper = database.Open();
        return database;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Pages that the file may have at most; null sets no limit but the disk's.</summary>
    public long? PagesMax { get; init; }

    /// <summary>A connection that commits to disk before it says so.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        // FULL: in WAL mode the default would leave the last commits to the operating system's mercy.
        Execute(connection, "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -65536;");
        if (PagesMax is { } pages)
        {
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"pragma max_page_count = {pages};"));
        }

        return connection;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        _keeper?.Dispose();
    }

    /// <summary>Applies what is missing of the numbered scripts, each in its own transaction. Safe from several processes at once.</summary>
    /// <exception cref="LedgerUnavailableException">The file belongs to a later release whose schema this one does not know how to read.</exception>
    public void Upgrade(TimeProvider clock)
    {
        using var connection = Open();
        Execute(connection, "create table if not exists schema_version (version integer primary key, name text not null, applied_at integer not null)");
        foreach (var script in SchemaScript.AllOf("Sqlite"))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            if (Count(connection, script.Version) == 0)
            {
                Execute(connection, script.Sql);
                using var insert = CommandOf(
                    connection,
                    "insert into schema_version (version, name, applied_at) values ($version, $name, $now)",
                    ("$version", script.Version), ("$name", script.Name), ("$now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    /// <summary>Reads on the thread pool: SQLite blocks its caller.</summary>
    /// <exception cref="LedgerUnavailableException">The file cannot be read.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var connection = new SqliteConnection(_connectionString);
                    connection.Open();
                    return read(connection);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            throw new LedgerUnavailableException($"The ledger {Path} cannot be read: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public async Task<T> ReadMomentAsync<T>(Func<ILedgerMoment, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                async () =>
                {
                    await using var connection = new SqliteConnection(_connectionString);
                    connection.Open();
                    await using var transaction = connection.BeginTransaction(deferred: true);
                    return await read(new SqliteMoment(connection, transaction));
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            throw new LedgerUnavailableException($"The ledger {Path} cannot be read: {failure.Message}");
        }
    }

    /// <summary>Reads the rows of one query, as <see cref="ReadAsync"/> does.</summary>
    /// <param name="sql">With named parameters.</param>
    /// <param name="row">Reads one row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="parameters">The parameters' names and values.</param>
    internal Task<List<T>> QueryAsync<T>(
        string sql, Func<SqliteDataReader, T> row, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) => ReadAsync(
        connection =>
        {
            using var command = CommandOf(connection, sql, parameters);
            var rows = new List<T>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }

            return rows;
        },
        cancellationToken);

    /// <summary>A command of constants of this assembly, with named parameters.</summary>
    internal static SqliteCommand CommandOf(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Nothing from outside is in the text: what comes from there is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = CommandOf(connection, sql);
        command.ExecuteNonQuery();
    }

    private static long Count(SqliteConnection connection, int version)
    {
        using var command = CommandOf(connection, "select count(*) from schema_version where version = $version", ("$version", version));
        return (long)command.ExecuteScalar()!;
    }
}
