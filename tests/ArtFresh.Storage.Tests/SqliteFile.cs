using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Tests;

/// <summary>An embedded ledger in a folder of its own, or in memory.</summary>
public sealed class SqliteFile : LedgerFile
{
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-").FullName;
    private readonly SqliteLedger _ledger;
    private readonly SqliteHistory _history;
    private readonly SqliteAudit _audit;

    public SqliteFile(bool isInMemory = false)
    {
        Database = isInMemory ? SqliteDatabase.InMemory() : new SqliteDatabase(Path.Combine(_directory, "ledger.db"));
        Database.Upgrade(TimeProvider.System);
        _ledger = new SqliteLedger(Database, TimeProvider.System);
        _history = new SqliteHistory(Database);
        _audit = new SqliteAudit(Database);
        Catalogue = new SqliteCatalogue(Database);
    }

    public SqliteDatabase Database { get; }

    public override ILedger Ledger => _ledger;

    public override IListenerHistory Blocks => _history;

    public override ISessionHistory History => _history;

    public override IArtworkCatalogue Catalogue { get; }

    public override IImpressionLog Log => _audit;

    public override IAuditLedger Audit => _audit;

    public override IReleaseLedger Releases => new SqliteReleases(Database);

    public override IOperatorAudit OperatorAudit => new SqliteReleases(Database);

    public override object? Scalar(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public override void Dispose()
    {
        _ledger.Dispose();
        Database.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
