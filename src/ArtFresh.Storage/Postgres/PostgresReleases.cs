using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Tables <c>release_policy</c>, <c>release_failure</c>, <c>release_minute</c> and <c>operator_audit</c>.</summary>
public sealed class PostgresReleases(PostgresDatabase database) : IReleaseLedger, IOperatorAudit
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleasePolicy>> ReadPoliciesAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync("select release, delivery, changed_at from release_policy", ReleaseRows.ReadPolicy, cancellationToken);

    /// <inheritdoc/>
    public Task SetPolicyAsync(ReleasePolicy policy, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        """
        insert into release_policy (release, delivery, changed_at) values ($1, $2, $3)
        on conflict (release) do update set delivery = excluded.delivery, changed_at = excluded.changed_at
        """,
        cancellationToken,
        policy.Release,
        DeliveryWords.Of(policy.Delivery),
        policy.ChangedAt.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseSeen>> ReadReleasesAsync(DateTimeOffset from, CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, min(hour), max(hour) from release_counter group by release having max(hour) >= $1",
        ReleaseRows.ReadSeen, cancellationToken, from.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseFailure>> ReadFailuresAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(ReleaseRows.LatestFailures, ReleaseRows.ReadFailure, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> WriteFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        "insert into release_failure (release, episode, failed_at, evidence) values ($1, $2, $3, $4) on conflict do nothing",
        cancellationToken,
        failure.Release,
        failure.Episode,
        failure.FailedAt.ToUnixTimeMilliseconds(),
        failure.Evidence);

    /// <inheritdoc/>
    public Task UpdateFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        "update release_failure set action = $3, recovered_at = $4 where release = $1 and episode = $2",
        cancellationToken,
        failure.Release,
        failure.Episode,
        (object?)failure.Action ?? DBNull.Value,
        (object?)failure.RecoveredAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadMinutesAsync(DateTimeOffset from, CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, minute, counter, amount from release_minute where minute >= $1",
        StoredRows.ReadCounter, cancellationToken, from.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public Task TrimMinutesAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.QueryAsync(
        "delete from release_minute where minute < $1", StoredRows.ReadNumber, cancellationToken, before.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public Task AppendAsync(OperatorAct act, CancellationToken cancellationToken) => WriteAsync(act, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {ReleaseRows.AuditColumns} from operator_audit order by audit_id desc limit $1", ReleaseRows.ReadAudit, cancellationToken, count);

    /// <summary>Runs a statement and, when it changed a row, writes the act beside it.</summary>
    private async Task<bool> WriteAsync(OperatorAct act, string? sql, CancellationToken cancellationToken, params object[] values)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (sql is not null && await RunAsync(connection, sql, values, cancellationToken) == 0)
            {
                return false;
            }

            await RunAsync(
                connection,
                "insert into operator_audit (at, actor, what, release, detail) values ($1, $2, $3, $4, $5)",
                [act.At.ToUnixTimeMilliseconds(), act.Actor, act.What, (object?)act.Release ?? DBNull.Value, act.Detail],
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException failure)
        {
            throw new LedgerUnavailableException($"The ledger cannot be written: {failure.Message}");
        }
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = PostgresCommands.Of(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
