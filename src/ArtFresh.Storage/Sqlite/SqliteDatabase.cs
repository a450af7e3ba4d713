using System.Data.Common;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtFresh.Storage.Sqlite;

/// <summary>One SQLite database, a file or in memory.</summary>
public sealed class SqliteDatabase : SqlDatabase, IDisposable
{
    /// <summary>What the file is called in a server's data directory.</summary>
    public const string FileName = "artfresh.db";

    /// <summary>How long a writer waits for another process's transaction.</summary>
    private const int BusySeconds = 10;

    private const int ReadOnly = 8, Corrupt = 11, CannotOpen = 14, NotADatabase = 26;
    private const string MemoryPrefix = "file:/artfresh-";

    private readonly string _connectionString;

    /// <summary>Keeps a database in memory alive: it exists as long as a connection to it is open.</summary>
    private SqliteConnection? _keeper;

    /// <param name="path">The file; its folder must exist.</param>
    public SqliteDatabase(string path)
        : base(new SqliteDialect())
    {
        Path = path;
        FileEpochs = new SqliteEpochs(this);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = BusySeconds,
            Pooling = true,
        }.ToString();
    }

    /// <summary>A database in the memory of this process. It is gone when it is disposed, and no disk ever holds it.</summary>
    public static SqliteDatabase InMemory()
    {
        var database = new SqliteDatabase($"{MemoryPrefix}{Guid.CreateVersion7():N}?vfs=memdb");
        database._keeper = database.Open();
        return database;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override SqlEpochs Epochs => FileEpochs;

    internal SqliteEpochs FileEpochs { get; }

    internal bool IsInMemory => Path.StartsWith(MemoryPrefix, StringComparison.Ordinal);

    /// <summary>Most pages that the file may have; null for no limit but the disk's.</summary>
    public long? PagesMax { get; init; }

    /// <summary>A connection whose commits are on disk when they return.</summary>
    public SqliteConnection Open()
    {
        var connection = OpenReader();
        // FULL: in WAL mode the default leaves the last commits to the operating system, which a power cut loses.
        Execute(connection, "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on; pragma cache_size = -65536;");
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
        FileEpochs.Dispose();
    }

    /// <summary>Applies the schema's scripts that are missing, and opens an epoch where the file is a copy. Any number of processes may do so at once.</summary>
    public void Upgrade(TimeProvider clock)
    {
        using var connection = Open();
        // SQLite has no asynchronous calls: the task has ended when this returns.
        ApplyScriptsAsync(connection, clock, CancellationToken.None).GetAwaiter().GetResult();
        FileEpochs.Follow(connection, clock);
    }

    public override Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken) => OnPoolAsync(
        "read",
        async () =>
        {
            await using var connection = OpenReader();
            return await read(connection).ConfigureAwait(false);
        },
        cancellationToken);

    /// <remarks>In WAL mode others write beside a transaction that reads.</remarks>
    private protected override Task<T> TransactAsync<T>(bool isWrite, Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancellationToken) => OnPoolAsync(
        isWrite ? "written" : "read",
        async () =>
        {
            await using var connection = isWrite ? Open() : OpenReader();
            await using var transaction = connection.BeginTransaction(deferred: !isWrite);
            return await work(connection, transaction).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>
    /// Deleted rows are overwritten in the file; the log beside it, which holds them until it is written over, is cut off. SQLite also moves rows from page to page as
    /// tables grow, and secure_delete leaves their copies in the free space of the first page: pages that have one are cleaned. VACUUM writes every page anew, while all that
    /// write wait: it is left for what is elsewhere.
    /// </summary>
    internal override Task<bool> ForgetDeletedAsync(IReadOnlyCollection<string?> names, CancellationToken cancellationToken) => OnPoolAsync(
        "written",
        () =>
        {
            using var connection = Open();
            if (!CutLog(connection))
            {
                return Task.FromResult(false);
            }

            if (_keeper is not null || names.Count == 0)
            {
                return Task.FromResult(true);
            }

            if (!names.Contains(null) && SqliteCleaning.TryClean(_connectionString, Path, names!, cancellationToken) is { } isClean)
            {
                return Task.FromResult(isClean);
            }

            Execute(connection, "vacuum");
            return Task.FromResult(CutLog(connection));
        },
        cancellationToken);

    /// <summary>Looks for damage of the file: torn or lost pages, rows out of order, indexes that disagree with their tables.</summary>
    /// <param name="isQuick">Compares no index with its table, which takes most of the time.</param>
    /// <param name="max">The most faults to list.</param>
    /// <returns>A sentence for each fault; none for a sound file.</returns>
    public IReadOnlyList<string> FindDamage(bool isQuick, int max)
    {
        try
        {
            using var connection = OpenReader();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant and a number.
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"pragma {(isQuick ? "quick_check" : "integrity_check")}({Math.Max(1, max)})");
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            var faults = new List<string>();
            while (reader.Read())
            {
                faults.Add(reader.GetString(0).ReplaceLineEndings(" "));
            }

            return faults is ["ok"] ? [] : faults;
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is Corrupt or NotADatabase)
        {
            return [failure.Message];
        }
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<string>> FindDamageAsync(int max, CancellationToken cancellationToken) =>
        OnPoolAsync("read", () => Task.FromResult(FindDamage(isQuick: false, max)), cancellationToken);

    /// <summary>Copies all that is committed at one moment into a file, beside a server that writes on.</summary>
    /// <param name="path">A file that is missing or empty.</param>
    /// <param name="progress">Gets the pages copied and the pages in all.</param>
    /// <param name="cancellationToken">Gives up; the file is of no use then.</param>
    /// <exception cref="LedgerUnavailableException">A page cannot be read or written.</exception>
    public Task CopyAsync(string path, Action<long, long> progress, CancellationToken cancellationToken) => OnPoolAsync(
        "copied",
        () =>
        {
            using var source = OpenReader();
            using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            target.Open();
            using var moment = source.BeginTransaction(deferred: true);
            Execute(source, "select count(*) from sqlite_schema");
            SqliteCopy.Copy(source, target, progress, cancellationToken);
            return Task.FromResult(true);
        },
        cancellationToken);

    /// <returns>False where a reader needs the log. It does not wait for one: all that write would wait with it.</returns>
    internal static bool CutLog(SqliteConnection connection)
    {
        WaitForLocks(connection, seconds: 0);
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = "pragma wal_checkpoint(truncate)";
            using var reader = command.ExecuteReader();
            return reader.Read() && reader.GetInt64(0) == 0;
        }
        finally
        {
            WaitForLocks(connection, BusySeconds);
        }
    }

    /// <summary>SQLite blocks its caller, so that a grain must not call it.</summary>
    private async Task<T> OnPoolAsync<T>(string done, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            var cure = failure.SqliteErrorCode is ReadOnly or CannotOpen
                ? " SQLite writes beside a file that it reads: the folder must be writable for this user. Copy a folder that is mounted read-only, and name the copy."
                : "";
            throw new LedgerUnavailableException($"The ledger {Path} cannot be {done}: {failure.Message}{cure}");
        }
    }

    private SqliteConnection OpenReader() => Open(_connectionString);

    /// <remarks>SQLite itself asks for a lock again after 1, 2, 5 ms and so on; Microsoft.Data.Sqlite alone sleeps 150 ms between its tries.</remarks>
    internal static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        WaitForLocks(connection, BusySeconds);
        return connection;
    }

    private static void WaitForLocks(SqliteConnection connection, int seconds) => raw.sqlite3_busy_timeout(connection.Handle, seconds * 1000);

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants and a number.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
