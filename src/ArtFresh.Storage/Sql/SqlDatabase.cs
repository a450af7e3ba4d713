using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>A database that holds a ledger: its connections, its dialect and its schema.</summary>
public abstract class SqlDatabase : ILedgerSource
{
    /// <summary>Time limit of a script: enough to build an index on a large table.</summary>
    private const int ScriptSecondsMax = 60;

    private protected SqlDatabase(SqlDialect dialect) => Dialect = dialect;

    internal SqlDialect Dialect { get; }

    /// <summary>The epochs of the ledger.</summary>
    public abstract SqlEpochs Epochs { get; }

    /// <summary>The schema's scripts, in order.</summary>
    internal IReadOnlyList<SchemaScript> Scripts => Dialect.Scripts;

    /// <inheritdoc/>
    public Task<T> ReadMomentAsync<T>(Func<ILedgerMoment, Task<T>> read, CancellationToken cancellationToken) => TransactAsync(
        isWrite: false, (connection, transaction) => read(new LedgerMoment(connection, transaction, Dialect)), cancellationToken);

    /// <summary>Reads over a pooled connection. The work may run twice, if the first connection is dead.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be read.</exception>
    public abstract Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>Runs work once, in its own transaction. Reads see a consistent snapshot; work that writes must commit.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be read or written.</exception>
    private protected abstract Task<T> TransactAsync<T>(bool isWrite, Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Writes in its own transaction. When this returns true, the change is on disk.</summary>
    /// <param name="write">Returns false to write nothing.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The result of <paramref name="write"/>.</returns>
    /// <exception cref="LedgerUnavailableException">The database cannot be written.</exception>
    internal Task<bool> WriteAsync(Func<DbConnection, Task<bool>> write, CancellationToken cancellationToken) => TransactAsync(
        isWrite: true,
        async (connection, transaction) =>
        {
            if (!await write(connection).ConfigureAwait(false))
            {
                return false;
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Runs one statement in its own transaction.</summary>
    /// <returns>Whether it has changed a row.</returns>
    /// <exception cref="LedgerUnavailableException">The database cannot be written.</exception>
    internal Task<bool> WriteAsync(string sql, CancellationToken cancellationToken, params object?[] values) => WriteAsync(
        async connection => await ExecuteAsync(connection, sql, cancellationToken, values).ConfigureAwait(false) > 0, cancellationToken);

    /// <summary>Makes a change and, if it changed a row, writes the operator's act to the audit, in one transaction.</summary>
    /// <param name="change">Returns the number of rows changed.</param>
    /// <returns>Whether it has changed a row.</returns>
    /// <exception cref="LedgerUnavailableException">The database cannot be written.</exception>
    internal Task<bool> ActAsync(OperatorAct act, Func<DbConnection, Task<int>> change, CancellationToken cancellationToken) => WriteAsync(
        async connection =>
        {
            if (await change(connection).ConfigureAwait(false) == 0)
            {
                return false;
            }

            await ExecuteAsync(
                connection,
                "insert into operator_audit (at, actor, what, release, detail, checksum) values ($1, $2, $3, $4, $5, $6)",
                cancellationToken, act.At.ToUnixTimeMilliseconds(), act.Actor, act.What, act.Release, act.Detail, SealedRows.Of(act)).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Waits until transactions that write and had begun before have ended: what they wrote is seen from then on.</summary>
    /// <exception cref="LedgerUnavailableException">One goes on for seconds. Call it again later.</exception>
    internal virtual Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Removes from the database's files what it keeps of deleted rows.</summary>
    /// <param name="names">What must be in no file; null for a name that nobody knows any more.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>False where others read meanwhile: call it again.</returns>
    internal virtual Task<bool> ForgetDeletedAsync(IReadOnlyCollection<string?> names, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Looks for damage of the database's file, where this process can read it.</summary>
    /// <param name="max">The most faults to list.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>A sentence for each fault.</returns>
    public virtual Task<IReadOnlyList<string>> FindDamageAsync(int max, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Reads the rows of one query.</summary>
    /// <param name="sql">With parameters $1, $2, …</param>
    /// <param name="row">Reads one row.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <param name="values">The parameters' values.</param>
    /// <exception cref="LedgerUnavailableException">The database cannot be read.</exception>
    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> row, CancellationToken cancellationToken, params object?[] values) =>
        QueryAsync(sql, row, null, cancellationToken, values);

    /// <summary>Reads the rows of one query with its own time limit.</summary>
    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> row, int? secondsMax, CancellationToken cancellationToken, params object?[] values) =>
        ReadAsync(connection => QueryAsync(connection, sql, row, secondsMax, cancellationToken, values), cancellationToken);

    /// <summary>Reads the rows of one query in the connection's transaction.</summary>
    internal async Task<List<T>> QueryAsync<T>(
        DbConnection connection, string sql, Func<DbDataReader, T> row, int? secondsMax, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Dialect.CommandOf(connection, sql, values);
        command.CommandTimeout = secondsMax ?? command.CommandTimeout;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of rows changed.</returns>
    public async Task<int> ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Dialect.CommandOf(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a query finds a row, in the connection's transaction.</summary>
    internal async Task<bool> FindsAnyAsync(DbConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Dialect.CommandOf(connection, sql, values);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>Refuses a schema that lacks what the scripts have made, before anything is written to it.</summary>
    /// <exception cref="LedgerUnavailableException">It lacks something.</exception>
    internal async Task RefuseTornSchemaAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var faults = await SchemaPart.FindFaultsAsync(
            Dialect,
            async (sql, read) =>
            {
                await using var command = Dialect.CommandOf(connection, sql);
                command.Transaction = transaction;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    read(reader);
                }
            }).ConfigureAwait(false);
        var missing = faults.FindAll(SchemaPart.IsMissing);
        if (missing.Count > 0)
        {
            throw new LedgerUnavailableException(SchemaPart.Sentence(missing));
        }
    }

    /// <summary>Applies the missing scripts, each in its own transaction. The caller, or a lock of the database, must exclude other processes.</summary>
    private protected async Task ApplyScriptsAsync(DbConnection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        await RefuseTornSchemaAsync(connection, null, cancellationToken).ConfigureAwait(false);
        await RunAsync("create table if not exists schema_version (version integer primary key, name text not null, applied_at bigint not null)");
        foreach (var script in Scripts)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            var isMissing = await RunAsync(
                "insert into schema_version (version, name, applied_at) values ($1, $2, $3) on conflict (version) do nothing",
                script.Version, script.Name, clock.GetUtcNow().ToUnixTimeMilliseconds()).ConfigureAwait(false) == 1;
            if (isMissing)
            {
                await RunAsync(script.Sql).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await RefuseTornSchemaAsync(connection, null, cancellationToken).ConfigureAwait(false);
        await SealedRows.SealAsync(this, connection, "erasure_key", "checksum is null", cancellationToken).ConfigureAwait(false);

        async Task<int> RunAsync(string sql, params object?[] values)
        {
            await using var command = Dialect.CommandOf(connection, sql, values);
            command.CommandTimeout = ScriptSecondsMax;
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
