using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Tables <c>release_policy</c>, <c>release_failure</c>, <c>release_minute</c> and <c>operator_audit</c>.</summary>
public sealed class SqliteReleases(SqliteDatabase database) : IReleaseLedger, IOperatorAudit
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleasePolicy>> ReadPoliciesAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync("select release, delivery, changed_at from release_policy", ReleaseRows.ReadPolicy, cancellationToken);

    /// <inheritdoc/>
    public Task SetPolicyAsync(ReleasePolicy policy, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        """
        insert into release_policy (release, delivery, changed_at) values ($release, $delivery, $changed)
        on conflict (release) do update set delivery = excluded.delivery, changed_at = excluded.changed_at
        """,
        cancellationToken,
        ("$release", policy.Release),
        ("$delivery", DeliveryWords.Of(policy.Delivery)),
        ("$changed", policy.ChangedAt.ToUnixTimeMilliseconds()));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseSeen>> ReadReleasesAsync(DateTimeOffset from, CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, min(hour), max(hour) from release_counter group by release having max(hour) >= $from",
        ReleaseRows.ReadSeen, cancellationToken, ("$from", from.ToUnixTimeMilliseconds()));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseFailure>> ReadFailuresAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(ReleaseRows.LatestFailures, ReleaseRows.ReadFailure, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> WriteFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        "insert into release_failure (release, episode, failed_at, evidence) values ($release, $episode, $failed, $evidence) on conflict do nothing",
        cancellationToken,
        ("$release", failure.Release),
        ("$episode", failure.Episode),
        ("$failed", failure.FailedAt.ToUnixTimeMilliseconds()),
        ("$evidence", failure.Evidence));

    /// <inheritdoc/>
    public Task UpdateFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        "update release_failure set action = $action, recovered_at = $recovered where release = $release and episode = $episode",
        cancellationToken,
        ("$release", failure.Release),
        ("$episode", failure.Episode),
        ("$action", failure.Action),
        ("$recovered", failure.RecoveredAt?.ToUnixTimeMilliseconds()));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadMinutesAsync(DateTimeOffset from, CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, minute, counter, amount from release_minute where minute >= $from",
        StoredRows.ReadCounter, cancellationToken, ("$from", from.ToUnixTimeMilliseconds()));

    /// <inheritdoc/>
    public Task TrimMinutesAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.QueryAsync(
        "delete from release_minute where minute < $before", StoredRows.ReadNumber, cancellationToken, ("$before", before.ToUnixTimeMilliseconds()));

    /// <inheritdoc/>
    public Task AppendAsync(OperatorAct act, CancellationToken cancellationToken) => WriteAsync(act, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {ReleaseRows.AuditColumns} from operator_audit order by audit_id desc limit $count", ReleaseRows.ReadAudit, cancellationToken, ("$count", count));

    /// <summary>Runs a statement and, when it changed a row, writes the act beside it.</summary>
    private async Task<bool> WriteAsync(OperatorAct act, string? sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var connection = database.Open();
                    using var transaction = connection.BeginTransaction(deferred: false);
                    if (sql is not null && Run(connection, sql, parameters) == 0)
                    {
                        return false;
                    }

                    Run(
                        connection,
                        "insert into operator_audit (at, actor, what, release, detail) values ($at, $actor, $what, $release, $detail)",
                        ("$at", act.At.ToUnixTimeMilliseconds()), ("$actor", act.Actor), ("$what", act.What), ("$release", act.Release), ("$detail", act.Detail));
                    transaction.Commit();
                    return true;
                },
                cancellationToken);
        }
        catch (SqliteException failure)
        {
            throw new LedgerUnavailableException($"The ledger {database.Path} cannot be written: {failure.Message}");
        }
    }

    private static int Run(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = SqliteDatabase.CommandOf(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }
}
