using System.Data;
using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>One PostgreSQL database.</summary>
public sealed class PostgresDatabase : SqlDatabase, IAsyncDisposable
{
    /// <summary>Any number that no other program takes for its own lock on this database.</summary>
    private const long UpgradeLock = 0x4172_7446_7265_7368;

    /// <summary>How long to wait for another process's upgrade.</summary>
    private const int UpgradeSecondsMax = 60;

    private const int ReadTriesMax = 3;

    private const int SettleTriesMax = 20;

    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _hosts;
    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Npgsql's; time limits and the pool's size are taken from it where it names them.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public PostgresDatabase(string connectionString)
        : base(new PostgresDialect())
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        SetUnlessNamed(settings, "Timeout", 3);
        SetUnlessNamed(settings, "Command Timeout", 4);
        SetUnlessNamed(settings, "Maximum Pool Size", 20);
        SetUnlessNamed(settings, "Application Name", "artfresh");
        SetUnlessNamed(settings, "Max Auto Prepare", 64);
        SetUnlessNamed(settings, "Auto Prepare Min Usages", 2);
        SetUnlessNamed(settings, "Keepalive", 5);
        // No code here leaves settings in a connection, and the reset costs seven statements each time one is taken from the pool.
        SetUnlessNamed(settings, "No Reset On Close", true);
        // Generic plans: every hot query goes by a key, so one plan serves all values, and planning with partitions costs more than reading a session. A low random
        // page cost: PostgreSQL would otherwise plan to scan whole tables while they are small, and keep that plan while they grow.
        SetUnlessNamed(settings, "Options", "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1");
        var isOfSeveralHosts = settings.Host?.Contains(',', StringComparison.Ordinal) == true;
        if (isOfSeveralHosts)
        {
            SetUnlessNamed(settings, "Target Session Attributes", "primary");
            // The default takes a standby that was promoted for a standby for 10 s more.
            SetUnlessNamed(settings, "Host Recheck Seconds", 1);
        }

        ConnectionString = settings.ToString();
        ServerEpochs = new PostgresEpochs(this);
        // A data source of several hosts takes the attribute from elsewhere.
        settings.TargetSessionAttributes = null;
        var source = new NpgsqlDataSourceBuilder(settings.ToString());
        source.UsePhysicalConnectionInitializer(connection => PrepareAsync(connection).GetAwaiter().GetResult(), PrepareAsync);
        _hosts = isOfSeveralHosts ? source.BuildMultiHost() : source.Build();
        _source = _hosts is NpgsqlMultiHostDataSource hosts ? hosts.WithTargetSession(TargetSessionAttributes.Primary) : _hosts;
    }

    private async Task PrepareAsync(NpgsqlConnection connection)
    {
        await PostgresDurability.SetAsync(connection).ConfigureAwait(false);
        await ServerEpochs.LookAtNewAsync(connection).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override SqlEpochs Epochs => ServerEpochs;

    internal PostgresEpochs ServerEpochs { get; }

    /// <summary>With the time limits that this program needs.</summary>
    public string ConnectionString { get; }

    /// <summary>A pooled connection.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>
    /// Waits until the database answers, applies what is missing of the numbered scripts, each in its own transaction, and makes partitions ahead. From then on, each new
    /// connection opens an epoch where the database is not the one that wrote last. Safe from any number of processes at once.
    /// </summary>
    /// <param name="clock">Tells the time.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="waits">Called once, with the reason, if the first try failed and there is another.</param>
    /// <exception cref="LedgerUnavailableException">It did not answer within <paramref name="patience"/>.</exception>
    public async Task UpgradeAsync(TimeProvider clock, TimeSpan patience, CancellationToken cancellationToken, Action<string>? waits = null)
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
                    throw new LedgerUnavailableException($"The ledger (ConnectionStrings:Ledger or --ledger) does not open: {PostgresFaults.Explain(failure)}");
                }

                waits?.Invoke(failure.Message);
                waits = null;
                await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellationToken);
            }
        }
    }

    /// <remarks>A connection that turns out to be dead is replaced, and the read runs again.</remarks>
    public override async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
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
                    throw new LedgerUnavailableException($"The ledger (ConnectionStrings:Ledger or --ledger) cannot be read: {PostgresFaults.Explain(failure)}");
                }
            }
        }
    }

    private protected override async Task<T> TransactAsync<T>(bool isWrite, Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            var isolation = isWrite ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead;
            await using var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken).ConfigureAwait(false);
            return await work(connection, transaction).ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            throw new LedgerUnavailableException($"The ledger (ConnectionStrings:Ledger or --ledger) cannot be {(isWrite ? "written" : "read")}: {PostgresFaults.Explain(failure)}");
        }
    }

    internal override async Task SettleAsync(CancellationToken cancellationToken)
    {
        var mark = (await QueryAsync("select clock_timestamp()::text", row => row.GetString(0), cancellationToken).ConfigureAwait(false)).Single();
        for (var tries = 0; tries < SettleTriesMax; tries++)
        {
            var running = await QueryAsync(
                """
                select 1 from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null and xact_start <= $1::timestamptz limit 1
                """,
                row => true, cancellationToken, mark).ConfigureAwait(false);
            if (running.Count == 0)
            {
                return;
            }

            await Task.Delay(SettlePause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        throw new LedgerUnavailableException("A transaction that writes to the ledger has not ended for seconds.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

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
        await LockAsync("pg_advisory_lock", cancellationToken);
        try
        {
            await PostgresDurability.RefuseLossyAsync(connection, cancellationToken);
            await ApplyScriptsAsync(connection, clock, cancellationToken);
            await PostgresSequences.CatchUpAsync(connection, cancellationToken);
            await MonthPartitions.MakeAheadAsync(connection, clock.GetUtcNow(), cancellationToken);
            await ServerEpochs.FollowAsync(connection, clock, cancellationToken);
        }
        finally
        {
            await LockAsync("pg_advisory_unlock", CancellationToken.None);
        }

        async Task LockAsync(string function, CancellationToken stop)
        {
            await using var command = Dialect.CommandOf(connection, $"select {function}($1)", UpgradeLock);
            command.CommandTimeout = UpgradeSecondsMax;
            await command.ExecuteNonQueryAsync(stop);
        }
    }
}
