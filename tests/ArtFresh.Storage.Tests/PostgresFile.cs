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
    public PostgresFile(PostgresServer server)
        : this(new PostgresDatabase(server.NewDatabase()))
    {
    }

    private PostgresFile(PostgresDatabase database)
        : base(database, new PostgresLedger(database, TimeProvider.System))
    {
        Database = database;
        database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    public string ConnectionString => Database.ConnectionString;

    public PostgresDatabase Database { get; }

    public override object? Scalar(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public override void Dispose()
    {
        ((PostgresLedger)Ledger).DisposeAsync().AsTask().GetAwaiter().GetResult();
        Database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        NpgsqlConnection.ClearAllPools();
    }
}
