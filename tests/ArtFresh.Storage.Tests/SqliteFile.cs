using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Tests;

/// <summary>An embedded ledger in a folder of its own, or in memory.</summary>
public sealed class SqliteFile : LedgerFile
{
    private readonly string _directory;

    public SqliteFile(bool isInMemory = false)
        : this(Directory.CreateTempSubdirectory("artfresh-").FullName, isInMemory)
    {
    }

    private SqliteFile(string directory, bool isInMemory)
        : this(directory, isInMemory ? SqliteDatabase.InMemory() : new SqliteDatabase(Path.Combine(directory, SqliteDatabase.FileName)))
    {
    }

    private SqliteFile(string directory, SqliteDatabase database)
        : base(database, new SqliteLedger(database, TimeProvider.System))
    {
        (_directory, Database) = (directory, database);
        database.Upgrade(TimeProvider.System);
    }

    public SqliteDatabase Database { get; }

    public override object? Scalar(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public override void Dispose()
    {
        ((SqliteLedger)Ledger).Dispose();
        Database.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
