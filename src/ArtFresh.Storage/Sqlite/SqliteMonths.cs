using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Storage.Sqlite;

/// <summary>The months of an embedded ledger: its sessions by the time of their opening, with their batches. There are no partitions: rows are deleted, some sessions a transaction.</summary>
public sealed class SqliteMonths(SqliteDatabase database) : ILedgerMonths
{
    /// <summary>A few milliseconds, so that no commit waits long.</summary>
    private const int SessionsPerTransaction = 64;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DateTimeOffset>> ReadEndedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var months = new List<DateTimeOffset>();
        for (var from = DateTimeOffset.UnixEpoch; ; from = months[^1].AddMonths(1))
        {
            var next = await database.QueryAsync(
                "select session_id from session where session_id >= $1 order by session_id limit 1", row => SqliteIds.ToGuid(row.GetFieldValue<byte[]>(0)), cancellationToken,
                Months.FirstIdOf(from)).ConfigureAwait(false);
            if (next is not [var sessionId] || Months.FirstOf(Months.OpeningOf(sessionId)) is var first && first.AddMonths(1) > before)
            {
                return months;
            }

            months.Add(first);
        }
    }

    /// <inheritdoc/>
    public async Task<long> DropAsync(DateTimeOffset month, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Months.RefuseYoung(month, now);
        var first = Months.FirstOf(month);
        var all = 0L;
        for (var dropped = 1; dropped > 0; all += dropped)
        {
            dropped = await DropSomeAsync(first, cancellationToken).ConfigureAwait(false);
        }

        await MergeChecksumsAsync(cancellationToken).ConfigureAwait(false);
        return all;
    }

    /// <summary>Leaves one row for each run of a writer's dropped batches: the rows after it need its last checksum alone.</summary>
    private Task<bool> MergeChecksumsAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await database.ExecuteAsync(
                connection,
                """
                update erased_batch set first_position = r.first_one
                from (
                  select writer_number, max(position) as last_one, min(first_position) as first_one
                  from (
                    select *, sum(is_first) over (partition by writer_number order by position) as run
                    from (
                      select writer_number, position, first_position, coalesce(lag(position) over (partition by writer_number order by position) <> first_position - 1, 1) as is_first
                      from erased_batch where first_position is not null))
                  group by writer_number, run) as r
                where r.writer_number = erased_batch.writer_number and r.last_one = erased_batch.position and r.first_one < erased_batch.first_position
                """,
                cancellationToken).ConfigureAwait(false);
            await database.ExecuteAsync(
                connection,
                """
                delete from erased_batch where first_position is not null and exists (
                  select 1 from erased_batch b
                  where b.writer_number = erased_batch.writer_number and b.position > erased_batch.position and b.first_position <= erased_batch.position)
                """,
                cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private async Task<int> DropSomeAsync(DateTimeOffset first, CancellationToken cancellationToken)
    {
        var sessions = await database.QueryAsync(
            "select session_id from session where session_id >= $1 and session_id < $2 order by session_id limit $3",
            row => row.GetFieldValue<byte[]>(0), cancellationToken, Months.FirstIdOf(first), Months.FirstIdOf(first.AddMonths(1)), (long)SessionsPerTransaction).ConfigureAwait(false);
        await database.WriteAsync(
            async connection =>
            {
                // Noted with the first of them: from then on the tallies count more than the ledger holds.
                await database.ExecuteAsync(
                    connection, "insert into dropped_month (first_at) values ($1) on conflict do nothing", cancellationToken, first.ToUnixTimeMilliseconds()).ConfigureAwait(false);
                await new StruckSums(database, connection, cancellationToken).TakeOutAsync(sessions).ConfigureAwait(false);
                foreach (var session in sessions)
                {
                    if (await database.FindsAnyAsync(
                        connection,
                        """
                        select 1 from impression_batch b left join tally_checkpoint c on c.writer_number = b.writer_number
                        where b.session_id = $1 and b.position > coalesce(c.position, 0) limit 1
                        """,
                        cancellationToken, session).ConfigureAwait(false))
                    {
                        throw new InvalidOperationException($"Some rows of {first:yyyy-MM} are not added up. Retry when the tallies have caught up.");
                    }

                    await database.ExecuteAsync(
                        connection,
                        """
                        insert into erased_batch (writer_number, position, first_position, chain)
                        select writer_number, position, position, chain from impression_batch where session_id = $1 and chain is not null
                        on conflict (writer_number, position) do nothing
                        """,
                        cancellationToken, session).ConfigureAwait(false);
                    await database.ExecuteAsync(connection, "delete from impression_batch where session_id = $1", cancellationToken, session).ConfigureAwait(false);
                    await database.ExecuteAsync(connection, "delete from session where session_id = $1", cancellationToken, session).ConfigureAwait(false);
                }

                return sessions.Count > 0;
            },
            cancellationToken).ConfigureAwait(false);
        return sessions.Count;
    }
}
