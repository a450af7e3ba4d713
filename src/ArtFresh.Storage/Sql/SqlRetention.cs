using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>retention_turn</c>, and the search for listeners who have not come back.</summary>
public sealed class SqlRetention(SqlDatabase database, SqlErasures erasures) : IRetention
{
    private const string Turn = "holder = $1 and held_until > $2";

    /// <inheritdoc/>
    public Task<bool> TakeTurnAsync(Guid member, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken) => database.WriteAsync(
        "update retention_turn set holder = $1, held_until = $3 where next_at <= $2 and (held_until <= $2 or holder = $1)",
        cancellationToken, member, now.ToUnixTimeMilliseconds(), (now + lease).ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task EndTurnAsync(Guid member, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        // What a silo of the release before has done, which knows no lapse.
        await database.WriteAsync("delete from erasure where is_lapse = 1 and done_at is not null", cancellationToken).ConfigureAwait(false);
        await database.WriteAsync("update retention_turn set holder = null, held_until = 0, next_at = $2 where holder = $1", cancellationToken, member, nextAt.ToUnixTimeMilliseconds())
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IdlePage> ReadIdleAsync(ListenerSource source, string after, DateTimeOffset before, int count, CancellationToken cancellationToken)
    {
        var table = source == ListenerSource.Blocks ? "listener_block" : "session";
        // From one listener to the next by the index, however many rows each has; then the end of each listener's own rows.
        var looked = await database.QueryAsync(
            $"""
            with recursive one (id) as (
              select min(listener_id) from {table} where listener_id > $1
              union all
              select (select min(t.listener_id) from {table} t where t.listener_id > one.id) from one where one.id is not null),
            looked as (select id from one where id is not null limit $2)
            select id,
              coalesce((select b.logged_at from listener_block b where b.listener_id = id order by b.block_number desc limit 1), 0) < $3
              and coalesce((select s.opened_at from session s where s.listener_id = id order by s.session_id desc limit 1), 0) < $3
            from looked
            """,
            row => (Id: row.GetString(0), IsIdle: row.GetBoolean(1)), cancellationToken, after, (long)count, before.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        return new IdlePage([.. looked.Where(one => one.IsIdle).Select(one => one.Id)], looked.Count, looked.Count < count ? null : looked[^1].Id);
    }

    /// <inheritdoc/>
    public async Task<bool> LapseAsync(string listenerId, DateTimeOffset before, Guid member, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var account = await new SqlAliases(database).FindAccountAsync(listenerId).ConfigureAwait(false) ?? listenerId;
        // Who joins after this has visited: the last row of a guest's log says so.
        var person = await erasures.ReadPersonAsync(account, cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            async connection =>
            {
                if (await database.ExecuteAsync(
                    connection, $"update retention_turn set held_until = held_until where {Turn}", cancellationToken, member, now.ToUnixTimeMilliseconds()).ConfigureAwait(false) == 0)
                {
                    return false;
                }

                foreach (var (id, proof) in person)
                {
                    if (await HasVisitedAsync(connection, id, before, cancellationToken).ConfigureAwait(false)
                        || await database.FindsAnyAsync(connection, "select 1 from erasure where proof = $1 and done_at is null", cancellationToken, proof).ConfigureAwait(false))
                    {
                        return false;
                    }
                }

                foreach (var (id, proof) in person)
                {
                    await erasures.AskAsync(connection, id, proof, now, isLapse: true, cancellationToken).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<long> CountLapsesAsync(CancellationToken cancellationToken) => (await database.QueryAsync(
        "select count(*) from erasure where done_at is null and is_lapse = 1", StoredRows.ReadNumber, cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>Costs as much as the listener has rows: it is asked of those who may have lapsed.</summary>
    private Task<bool> HasVisitedAsync(DbConnection connection, string listenerId, DateTimeOffset since, CancellationToken cancellationToken) => database.FindsAnyAsync(
        connection,
        """
        select 1 from listener_block where listener_id = $1 and logged_at >= $2
        union all
        select 1 from session where listener_id = $1 and opened_at >= $2
        union all
        select 1 from kept_artwork where listener_id = $1 and kept_at >= $2
        union all
        select 1 from session s join impression_batch b on b.session_id = s.session_id where s.listener_id = $1 and b.received_at >= $2
        limit 1
        """,
        cancellationToken, listenerId, since.ToUnixTimeMilliseconds());
}
