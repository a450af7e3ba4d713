using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>One PostgreSQL for all tests of it.</summary>
public sealed class PostgresWorld : IDisposable
{
    public PostgresServer Server { get; } = PostgresServer.Start();

    public void Dispose() => Server.Dispose();
}

[CollectionDefinition("postgres")]
public sealed class PostgresGroup : ICollectionFixture<PostgresWorld>;

/// <summary>A database of its own on the tests' PostgreSQL.</summary>
public sealed class PostgresFile : LedgerFile
{
    private readonly PostgresLedger _ledger;
    private readonly PostgresHistory _history;
    private readonly PostgresAudit _audit;

    public PostgresFile(PostgresServer server)
    {
        ConnectionString = server.NewDatabase();
        Database = new PostgresDatabase(ConnectionString);
        Database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        _ledger = new PostgresLedger(Database, TimeProvider.System);
        _history = new PostgresHistory(Database);
        _audit = new PostgresAudit(Database);
        Catalogue = new PostgresCatalogue(Database);
    }

    public string ConnectionString { get; }

    public PostgresDatabase Database { get; }

    public override ILedger Ledger => _ledger;

    public override IListenerHistory Blocks => _history;

    public override ISessionHistory History => _history;

    public override IArtworkCatalogue Catalogue { get; }

    public override IImpressionLog Log => _audit;

    public override IAuditLedger Audit => _audit;

    public override IReleaseLedger Releases => new PostgresReleases(Database);

    public override IOperatorAudit OperatorAudit => new PostgresReleases(Database);

    public override object? Scalar(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public override void Dispose()
    {
        _ledger.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        NpgsqlConnection.ClearAllPools();
    }
}
