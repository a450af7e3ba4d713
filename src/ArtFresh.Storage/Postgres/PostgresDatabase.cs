using System.Data;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>One PostgreSQL database: opens connections, brings the schema up to date, reads with a second try.</summary>
public sealed class PostgresDatabase : ILedgerSource, IAsyncDisposable
{
    /// <summary>Any number that no other program takes for its own lock on this database.</summary>
    private const long UpgradeLock = 0x4172_7446_7265_7368;

    private const int ReadTriesMax = 3;

    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Npgsql's; time limits and the pool's size are taken from it where it names them.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public PostgresDatabase(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        SetUnlessNamed(settings, "Timeout", 3);
        SetUnlessNamed(settings, "Command Timeout", 4);
        SetUnlessNamed(settings, "Maximum Pool Size", 20);
        SetUnlessNamed(settings, "Application Name", "artfresh");
        SetUnlessNamed(settings, "Max Auto Prepare", 64);
        SetUnlessNamed(settings, "Auto Prepare Min Usages", 2);
        SetUnlessNamed(settings, "Keepalive", 5);
        // Nobody here leaves anything behind in a connection, and cleaning it up is seven statements each time that one is taken from the pool.
        SetUnlessNamed(settings, "No Reset On Close", true);
        // All that is asked for has keys, for which one plan is as good as another; PostgreSQL would make a new one each time, which takes longer than to read a session,
        // because it prices the partitions that a plan for all keys may meet. Pages cost much the same on today's disks wherever they lie; told that they do not, it would
        // plan to read whole tables that are small at first, and keep to that plan while they grow.
        SetUnlessNamed(settings, "Options", "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1");
        ConnectionString = settings.ToString();
        _source = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>With the time limits that this program needs.</summary>
    public string ConnectionString { get; }

    /// <summary>A pooled connection.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>
    /// Waits until the database answers, applies what is missing of the numbered scripts, each in its own transaction, and makes partitions ahead. Safe from any
    /// number of processes at once.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It did not answer within <paramref name="patience"/>.</exception>
    public async Task UpgradeAsync(TimeProvider clock, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await UpgradeOnceAsync(clock, cancellationToken);
                return;
            }
            catch (NpgsqlException failure) when (failure.IsTransient || failure is not PostgresException || IsStarting(failure))
            {
                if (clock.GetElapsedTime(started) > patience)
                {
                    throw new LedgerUnavailableException($"The database does not answer: {failure.Message}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellationToken);
            }
        }
    }

    /// <summary>Reads; a connection that turns out to be dead is replaced and the read done again.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be read.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                return await read(connection).ConfigureAwait(false);
            }
            catch (NpgsqlException failure)
            {
                if (tries >= ReadTriesMax || failure.InnerException is TimeoutException || failure is PostgresException { IsTransient: false })
                {
                    throw new LedgerUnavailableException($"The ledger cannot be read: {failure.Message}");
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>No second try: who reads has taken rows already.</remarks>
    public async Task<T> ReadMomentAsync<T>(Func<ILedgerMoment, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
            return await read(new PostgresMoment(connection, transaction)).ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            throw new LedgerUnavailableException($"The ledger cannot be read: {failure.Message}");
        }
    }

    /// <summary>Reads the rows of one query, as <see cref="ReadAsync"/> does.</summary>
    /// <param name="sql">With parameters $1, $2, …</param>
    /// <param name="row">Reads one row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="values">The parameters' values.</param>
    internal Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken, params object[] values) =>
        QueryAsync(sql, row, null, cancellationToken, values);

    /// <summary>As the other, with a time limit of the query's own.</summary>
    /// <param name="secondsMax">Null for the connection's.</param>
    internal Task<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> row, int? secondsMax, CancellationToken cancellationToken, params object[] values) => ReadAsync(
        async connection =>
        {
            var rows = new List<T>();
            await EachAsync(connection, sql, secondsMax, reader => rows.Add(row(reader)), cancellationToken, values);
            return rows;
        },
        cancellationToken);

    /// <summary>Reads the rows of one query over a connection of the caller's.</summary>
    /// <param name="secondsMax">The query's own time limit; null for the connection's.</param>
    internal static async Task EachAsync(
        NpgsqlConnection connection, string sql, int? secondsMax, Action<NpgsqlDataReader> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = PostgresCommands.Of(connection, sql, values);
        command.CommandTimeout = secondsMax ?? command.CommandTimeout;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            read(reader);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static bool IsStarting(NpgsqlException failure) => failure is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow };

    private static void SetUnlessNamed(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        if (!settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }

    private async Task UpgradeOnceAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({UpgradeLock})", cancellationToken);
        try
        {
            await ExecuteAsync(
                connection,
                "create table if not exists schema_version (version integer primary key, name text not null, applied_at bigint not null)",
                cancellationToken);
            foreach (var script in SchemaScript.AllOf("Postgres"))
            {
                await ApplyAsync(connection, script, clock, cancellationToken);
            }

            await MonthPartitions.MakeAheadAsync(connection, clock.GetUtcNow(), cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({UpgradeLock})", CancellationToken.None);
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, SchemaScript script, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var enter = PostgresCommands.Of(
            connection,
            "insert into schema_version (version, name, applied_at) values ($1, $2, $3) on conflict do nothing",
            script.Version, script.Name, clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (await enter.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            await ExecuteAsync(connection, script.Sql, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = PostgresCommands.Of(connection, sql);
        command.CommandTimeout = 60;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
