using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Tables <c>release_policy</c>, <c>release_failure</c>, <c>release_minute</c>, <c>release_network</c>, <c>release_known</c>, <c>claim_strike</c> and <c>operator_audit</c>.</summary>
public sealed class SqlReleases(SqlDatabase database) : IReleaseLedger, IOperatorAudit, IClaimStrikes
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleasePolicy>> ReadPoliciesAsync(CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, delivery, changed_at from release_policy",
        row => new ReleasePolicy(row.GetString(0), DeliveryWords.Read(row.GetString(1)), StoredRows.Time(row.GetInt64(2))), cancellationToken);

    /// <inheritdoc/>
    public Task SetPolicyAsync(ReleasePolicy policy, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        """
        insert into release_policy (release, delivery, changed_at) values ($1, $2, $3)
        on conflict (release) do update set delivery = excluded.delivery, changed_at = excluded.changed_at
        """,
        cancellationToken, policy.Release, DeliveryWords.Of(policy.Delivery), policy.ChangedAt.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseSeen>> ReadReleasesAsync(DateTimeOffset from, CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, min(hour), max(hour) from release_counter group by release having max(hour) >= $1",
        row => new ReleaseSeen(row.GetString(0), StoredRows.Time(row.GetInt64(1)), StoredRows.Time(row.GetInt64(2))), cancellationToken, from.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseFailure>> ReadFailuresAsync(CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select release, episode, failed_at, evidence, action, recovered_at from release_failure f
        where episode = (select max(episode) from release_failure l where l.release = f.release)
        """,
        row => new ReleaseFailure(
            row.GetString(0), row.GetInt32(1), StoredRows.Time(row.GetInt64(2)), row.GetString(3), StoredRows.TextOrNull(row, 4), StoredRows.TimeOrNull(row, 5)),
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> WriteFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        "insert into release_failure (release, episode, failed_at, evidence) values ($1, $2, $3, $4) on conflict (release, episode) do nothing",
        cancellationToken, failure.Release, failure.Episode, failure.FailedAt.ToUnixTimeMilliseconds(), failure.Evidence);

    /// <inheritdoc/>
    public Task UpdateFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        "update release_failure set action = $3, recovered_at = $4 where release = $1 and episode = $2",
        cancellationToken, failure.Release, failure.Episode, failure.Action, failure.RecoveredAt?.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public Task KeepNoticeAsync(ReleaseNotice notice, CancellationToken cancellationToken) => database.WriteAsync(
        "insert into release_notice (notice, at, news, tries, next_at) values ($1, $2, $3, $4, $5) on conflict (notice) do nothing",
        cancellationToken, notice.Key, notice.At.ToUnixTimeMilliseconds(), notice.News, notice.Tries, notice.NextAt.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseNotice>> ReadNoticesAsync(DateTimeOffset now, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        "select notice, at, news, tries, next_at from release_notice where ended_at is null and next_at <= $1 order by next_at limit $2",
        row => new ReleaseNotice(row.GetString(0), StoredRows.Time(row.GetInt64(1)), row.GetString(2), row.GetInt32(3), StoredRows.Time(row.GetInt64(4))),
        cancellationToken, now.ToUnixTimeMilliseconds(), count);

    /// <inheritdoc/>
    public Task UpdateNoticeAsync(ReleaseNotice notice, DateTimeOffset? endedAt, CancellationToken cancellationToken) => database.WriteAsync(
        "update release_notice set tries = $2, next_at = $3, ended_at = $4 where notice = $1",
        cancellationToken, notice.Key, notice.Tries, notice.NextAt.ToUnixTimeMilliseconds(), endedAt?.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CounterAdded>> ReadMinutesAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        const string minutes = "select release, minute, counter, amount from release_minute where minute >= $1";
        return await StruckBatches.AnyAsync(database, cancellationToken)
            ? await ReadUnstruckAsync(minutes, StoredRows.ReadCounter, from, (sums, struck) => StruckClaims.LeaveOut(sums, struck, TimeSpan.FromMinutes(1)), cancellationToken)
            : await database.QueryAsync(minutes, StoredRows.ReadCounter, cancellationToken, from.ToUnixTimeMilliseconds());
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NetworksAdded>> ReadNetworksAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        const string networks = "select release, minute, counts from release_network where minute >= $1";
        return await StruckBatches.AnyAsync(database, cancellationToken)
            ? await ReadUnstruckAsync(networks, ReadNetworks, from, StruckClaims.LeaveOut, cancellationToken)
            : await database.QueryAsync(networks, ReadNetworks, cancellationToken, from.ToUnixTimeMilliseconds());
    }

    /// <inheritdoc/>
    public async Task<int> StrikeAsync(string listenerId, OperatorAct act, CancellationToken cancellationToken)
    {
        await CountAsync(
            act,
            """
            insert into claim_strike (listener_id, network, day, struck_at)
            select s.listener_id, 0, 0, $2 from (select distinct listener_id from session where listener_id = $1) s where true on conflict (listener_id, network, day) do nothing
            """,
            cancellationToken, listenerId, act.At.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        return (int)(await database.QueryAsync(
            "select count(*) from claim_strike where listener_id = $1 and network = 0", StoredRows.ReadNumber, cancellationToken, listenerId).ConfigureAwait(false)).Single();
    }

    /// <inheritdoc/>
    public async Task<int> StrikeAsync(int network, DateOnly day, DateTimeOffset? keyMadeAt, OperatorAct act, CancellationToken cancellationToken)
    {
        var start = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var from = keyMadeAt > start ? keyMadeAt.Value : start;
        await CountAsync(
            act,
            $"""
            insert into claim_strike (listener_id, network, day, struck_at)
            select distinct s.listener_id, cast($1 as bigint), cast($2 as bigint), cast($3 as bigint)
            from impression_batch b join session s on s.session_id = b.session_id
            where b.network = $1 and b.received_at >= $4 and b.received_at < $5
            union select '{StruckBatches.Later}', cast($1 as bigint), cast($2 as bigint), cast($3 as bigint) where cast($6 as bigint) = 1
            on conflict (listener_id, network, day) do nothing
            """,
            cancellationToken, (long)network, DayOf(day), act.At.ToUnixTimeMilliseconds(), from.ToUnixTimeMilliseconds(), start.AddDays(1).ToUnixTimeMilliseconds(), keyMadeAt is null ? 0L : 1L).ConfigureAwait(false);
        return (int)(await database.QueryAsync(
            $"select count(*) from claim_strike where network = $1 and day = $2 and listener_id <> '{StruckBatches.Later}'",
            StoredRows.ReadNumber, cancellationToken, (long)network, DayOf(day)).ConfigureAwait(false)).Single();
    }

    /// <inheritdoc/>
    public Task<int> LiftAsync(string listenerId, OperatorAct act, CancellationToken cancellationToken) =>
        CountAsync(act, "delete from claim_strike where listener_id = $1", cancellationToken, listenerId);

    /// <inheritdoc/>
    public async Task<int> LiftAsync(int network, DateOnly day, OperatorAct act, CancellationToken cancellationToken)
    {
        const string same = "network = $1 and day = $2";
        var later = await database.QueryAsync(
            $"select cast(1 as bigint) from claim_strike where {same} and listener_id = '{StruckBatches.Later}'", StoredRows.ReadNumber, cancellationToken, (long)network, DayOf(day)).ConfigureAwait(false);
        return await CountAsync(act, $"delete from claim_strike where {same}", cancellationToken, (long)network, DayOf(day)).ConfigureAwait(false) - later.Count;
    }

    /// <inheritdoc/>
    public Task EndNetworksAsync(CancellationToken cancellationToken) =>
        database.WriteAsync($"delete from claim_strike where listener_id = '{StruckBatches.Later}'", cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KnownRelease>> ReadKnownAsync(DateTimeOffset usedSince, CancellationToken cancellationToken) => await database.QueryAsync(
        "select release, used_at from release_known where used_at is null or used_at >= $1",
        row => new KnownRelease(row.GetString(0), StoredRows.TimeOrNull(row, 1)), cancellationToken, usedSince.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public Task<bool> KnowAsync(string release, OperatorAct act, CancellationToken cancellationToken) => WriteAsync(
        act,
        """
        insert into release_known (release, known_at) values ($1, $2)
        on conflict (release) do update set used_at = null where release_known.used_at is not null
        """,
        cancellationToken, release, act.At.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task KnowByQuorumAsync(string release, OperatorAct act, int knownMax, CancellationToken cancellationToken)
    {
        var at = act.At.ToUnixTimeMilliseconds();
        await database.WriteAsync("update release_known set used_at = $2 where release = $1 and used_at < $2", cancellationToken, release, at).ConfigureAwait(false);
        if (await WriteAsync(act, "insert into release_known (release, known_at, used_at) values ($1, $2, $2) on conflict (release) do nothing", cancellationToken, release, at).ConfigureAwait(false))
        {
            await database.WriteAsync(
                """
                delete from release_known where used_at is not null
                  and release not in (select release from release_known where used_at is not null order by used_at desc, release limit $1)
                """,
                cancellationToken, (long)knownMax).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task TrimMinutesAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            var at = before.ToUnixTimeMilliseconds();
            await database.ExecuteAsync(connection, "delete from release_minute where minute < $1", cancellationToken, at).ConfigureAwait(false);
            await database.ExecuteAsync(connection, "delete from release_network where minute < $1", cancellationToken, at).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task AppendAsync(OperatorAct act, CancellationToken cancellationToken) => WriteAsync(act, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken) => await database.QueryAsync(
        "select audit_id, at, actor, what, release, detail from operator_audit order by audit_id desc limit $1",
        row => new AuditEntry(
            row.GetInt64(0), StoredRows.Time(row.GetInt64(1)), row.GetString(2), row.GetString(3), StoredRows.TextOrNull(row, 4), row.GetString(5)),
        cancellationToken, count);

    private static long DayOf(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static NetworksAdded ReadNetworks(DbDataReader row) =>
        new(row.GetString(0), StoredRows.Time(row.GetInt64(1)), NetworkCounts.Unpack(row.GetFieldValue<byte[]>(2)));

    /// <summary>Reads sums and what of them is struck in one snapshot.</summary>
    private Task<IReadOnlyList<T>> ReadUnstruckAsync<T>(
        string sql, Func<DbDataReader, T> read, DateTimeOffset from, Func<IReadOnlyList<T>, IReadOnlyList<TalliedBatch>, IReadOnlyList<T>> leaveOut, CancellationToken cancellationToken) =>
        database.ReadMomentAsync(
            async moment =>
            {
                var sums = new List<T>();
                await ((LedgerMoment)moment).EachAsync(sql, row => sums.Add(read(row)), cancellationToken, from.ToUnixTimeMilliseconds()).ConfigureAwait(false);
                return leaveOut(sums, await StruckBatches.ReadAsync((LedgerMoment)moment, from, cancellationToken).ConfigureAwait(false));
            },
            cancellationToken);

    private async Task<int> CountAsync(OperatorAct act, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        var changed = 0;
        await database.ActAsync(act, async connection => changed = await database.ExecuteAsync(connection, sql, cancellationToken, values).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Runs a statement and, if it changed a row, writes the audit entry, in one transaction.</summary>
    private Task<bool> WriteAsync(OperatorAct act, string? sql, CancellationToken cancellationToken, params object?[] values) => database.ActAsync(
        act, async connection => sql is null ? 1 : await database.ExecuteAsync(connection, sql, cancellationToken, values).ConfigureAwait(false), cancellationToken);
}
