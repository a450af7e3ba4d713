using System.Data.Common;
using System.Globalization;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>Both kinds of ledger, filled by a real server with what listeners really do; each test takes copies, and breaks them.</summary>
public sealed class SoundLedgers : IAsyncLifetime
{
    private readonly string _embedded = Directory.CreateTempSubdirectory("artfresh-sound-").FullName;
    private string _cluster = "";

    public static PostgresServer Postgres => PostgresServer.Shared;

    public async ValueTask InitializeAsync()
    {
        await using (var server = new ServerProcess())
        {
            await server.StartAsync();
            await Listeners.UseAsync(server.Address);
            var path = Path.Combine(server.DataDirectory, SqliteDatabase.FileName);
            using var database = new SqliteDatabase(path);
            await TalliedAsync(new SqliteConnection($"Data Source={path};Pooling=False"), database);
            await server.StopAsync();
            foreach (var file in Directory.GetFiles(server.DataDirectory, SqliteDatabase.FileName + "*"))
            {
                File.Copy(file, Path.Combine(_embedded, Path.GetFileName(file)));
            }
        }

        if (!PostgresServer.IsInstalled)
        {
            return;
        }

        _cluster = Postgres.NewDatabase();
        await using (var server = new ServerProcess("--ConnectionStrings:Ledger", _cluster))
        {
            await server.StartAsync();
            await Listeners.UseAsync(server.Address);
            await using var database = new PostgresDatabase(_cluster);
            await TalliedAsync(new NpgsqlConnection(_cluster + ";Pooling=false"), database);
            await server.StopAsync();
        }
    }

    /// <summary>A copy that a test may break.</summary>
    public LedgerCopy Copy(bool isCluster)
    {
        if (!isCluster)
        {
            var directory = Directory.CreateTempSubdirectory("artfresh-copy-").FullName;
            foreach (var file in Directory.GetFiles(_embedded))
            {
                File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
            }

            return new LedgerCopy(["--data", directory], () => new SqliteConnection($"Data Source={Path.Combine(directory, SqliteDatabase.FileName)};Pooling=False"), directory);
        }

        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var copy = Postgres.NewDatabase(new NpgsqlConnectionStringBuilder(_cluster).Database);
        return new LedgerCopy(["--ledger", copy], () => new NpgsqlConnection(copy + ";Pooling=false"), null);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_embedded, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task TalliedAsync(DbConnection connection, SqlDatabase database)
    {
        await using (connection)
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from impression_batch b where b.position > coalesce((select position from tally_checkpoint c where c.writer_number = b.writer_number), 0)";
            while (Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        Assert.True(await new SqlViewCounts(database).CountAsync(DateTimeOffset.MaxValue, TimeSpan.Zero, CancellationToken.None));
    }
}

[CollectionDefinition("ledgers")]
public sealed class LedgersGroup : ICollectionFixture<SoundLedgers>;

/// <summary>A ledger of one test's own.</summary>
/// <param name="Where">The options by which commands find it.</param>
public sealed record LedgerCopy(string[] Where, Func<DbConnection> Connect, string? Directory) : IDisposable
{
    /// <summary>Changes it behind everybody's back.</summary>
    /// <param name="sql">With parameters $1, $2, …</param>
    /// <returns>Rows changed.</returns>
    public int Execute(string sql, params object[] values) => With(sql, values, command => command.ExecuteNonQuery());

    /// <summary>The first value that a query gives.</summary>
    public object? Scalar(string sql, params object[] values) => With(sql, values, command => command.ExecuteScalar());

    public long Count(string sql) => Convert.ToInt64(Scalar(sql), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (Directory is not null)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }

    private T With<T>(string sql, object[] values, Func<DbCommand, T> run)
    {
        using var connection = Connect();
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.Add(command is SqliteCommand ? new SqliteParameter($"${i + 1}", values[i]) : new NpgsqlParameter { Value = values[i] });
        }

        return run(command);
    }
}
