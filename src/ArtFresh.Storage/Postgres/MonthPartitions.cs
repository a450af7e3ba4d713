using System.Data.Common;
using System.Globalization;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// The monthly partitions of <c>impression_batch</c>. A session's id is a version 7 UUID, which begins with the milliseconds of its opening, so that a range of
/// ids is a range of time.
/// </summary>
public static class MonthPartitions
{
    /// <summary>Months that exist before they begin.</summary>
    private const int MonthsAhead = 2;

    private const int SessionsPerStatement = 1_000;
    private const int StruckSessionsPerTransaction = 64;

    private const string NamePrefix = "impression_batch_";
    private const string NameFormat = "yyyyMM";

    /// <summary>Creates the partitions from last month to the months ahead, where they are missing.</summary>
    internal static async Task MakeAheadAsync(DbConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var thisMonth = Months.FirstOf(now);
        for (var month = -1; month <= MonthsAhead; month++)
        {
            await MakeAsync(connection, thisMonth.AddMonths(month), cancellationToken);
        }
    }

    /// <summary>Creates the partition of a month, where it is missing.</summary>
    /// <param name="connection">To the ledger.</param>
    /// <param name="first">The month's first moment.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    internal static Task MakeAsync(DbConnection connection, DateTimeOffset first, CancellationToken cancellationToken) => ScalarAsync(
        connection,
        // Autovacuum's ANALYZE costs 10% of write time, and rows are found by key whatever the statistics say: run it only when the table doubles.
        $"""
        create table if not exists {NameOf(first)} partition of impression_batch for values from ('{Months.FirstIdOf(first)}') to ('{Months.FirstIdOf(first.AddMonths(1))}')
        with (autovacuum_analyze_scale_factor = 1)
        """,
        cancellationToken);

    /// <summary>Whether the present month has its partition. Creates one that is missing.</summary>
    /// <returns>Why batches of sessions that are opened now cannot be written; null if they can.</returns>
    internal static async Task<string?> FindFaultAsync(DbConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var month = Months.FirstOf(now);
        var sql = $"select exists (select from pg_inherits where inhrelid = to_regclass('{NameOf(month)}') and inhparent = 'impression_batch'::regclass)";
        if (await ScalarAsync(connection, sql, cancellationToken) is true)
        {
            return null;
        }

        await MakeAsync(connection, month, cancellationToken);
        return await ScalarAsync(connection, sql, cancellationToken) is true ? null : NoPartition(month);
    }

    /// <summary>The sentence about a month whose table exists and is no partition, as after a detach.</summary>
    internal static string NoPartition(DateTimeOffset month) => $"{NameOf(month)} is no partition of impression_batch, so that no batch of {month:yyyy-MM} can be written. Attach it, or rename it.";

    /// <summary>
    /// Drops a month's batches and the sessions opened in it. What listeners have stays in their blocks, and the figures stay in the tallies.
    /// </summary>
    /// <param name="database">The ledger.</param>
    /// <param name="month">Any moment of the month.</param>
    /// <param name="now">The present.</param>
    /// <param name="cancellationToken">Gives up. Call it again to go on.</param>
    /// <returns>How many sessions were deleted.</returns>
    /// <exception cref="InvalidOperationException">The month is too young, was dropped before, or has rows that no tally has added up. What has gone of it until then stays gone.</exception>
    public static Task<long> DropAsync(PostgresDatabase database, DateTimeOffset month, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        Months.RefuseYoung(month, now);
        return database.ReadAsync(connection => DropAsync(database, connection, Months.FirstOf(month), cancellationToken), cancellationToken);
    }

    /// <summary>The months that have a partition and ended before a time, the oldest first.</summary>
    internal static async Task<IReadOnlyList<DateTimeOffset>> ReadEndedAsync(SqlDatabase database, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var names = await database.QueryAsync(
            "select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'impression_batch'::regclass",
            row => row.GetString(0), cancellationToken);
        return [.. names
            .Select(name => DateTimeOffset.ParseExact(name[NamePrefix.Length..], NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
            .Where(first => first.AddMonths(1) <= before)
            .Order()];
    }

    private static async Task<long> DropAsync(SqlDatabase database, DbConnection connection, DateTimeOffset first, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, $"select to_regclass('{NameOf(first)}') is not null", cancellationToken) is not true)
        {
            throw new InvalidOperationException($"There is no partition of {first:yyyy-MM}: it was dropped, or never created.");
        }

        await RefuseUntalliedAsync(connection, first, cancellationToken);
        // Noted before the first of them goes: from then on the tallies count more than the ledger holds.
        await ScalarAsync(connection, $"insert into dropped_month (first_at) values ({first.ToUnixTimeMilliseconds()}) on conflict do nothing", cancellationToken);
        var sessions = await DropStruckAsync(database, first, cancellationToken);
        // Before the partition, and some at a time: dropping it locks out all commits until its transaction ends.
        for (var some = 1L; some > 0; sessions += some)
        {
            some = (long)(await ScalarAsync(
                connection,
                $"""
                with gone as (delete from session where session_id in (
                  select session_id from session where session_id >= '{Months.FirstIdOf(first)}' and session_id < '{Months.FirstIdOf(first.AddMonths(1))}' limit {SessionsPerStatement}) returning 1)
                select count(*) from gone
                """,
                cancellationToken))!;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // No batch comes into the month between its checksums and its end.
        await ScalarAsync(connection, $"lock table {NameOf(first)} in share mode", cancellationToken);
        await RefuseUntalliedAsync(connection, first, cancellationToken);
        await KeepChecksumsAsync(connection, first, cancellationToken);
        await ScalarAsync(connection, $"drop table {NameOf(first)}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return sessions;
    }

    /// <summary>Deletes the sessions of struck listeners, and with each what sums hold of its claims. A batch without a session is nobody's.</summary>
    private static async Task<long> DropStruckAsync(SqlDatabase database, DateTimeOffset first, CancellationToken cancellationToken)
    {
        var all = 0L;
        while (await database.WriteAsync(
            async connection =>
            {
                var sessions = await database.QueryAsync(
                    connection,
                    $"select session_id from session s where session_id >= $1 and session_id < $2 and not {StruckBatches.IsNotStruck} limit {StruckSessionsPerTransaction} for update",
                    row => row.GetGuid(0), null, cancellationToken, Months.FirstIdOf(first), Months.FirstIdOf(first.AddMonths(1)));
                await new StruckSums(database, connection, cancellationToken).TakeOutAsync(sessions.Cast<object>());
                foreach (var session in sessions)
                {
                    all += await database.ExecuteAsync(connection, "delete from session where session_id = $1", cancellationToken, session);
                }

                return sessions.Count > 0;
            },
            cancellationToken))
        {
        }

        return all;
    }

    /// <summary>Keeps the checksum at the end of each run of a writer's rows, so that the rows after it can be checked.</summary>
    private static Task<object?> KeepChecksumsAsync(DbConnection connection, DateTimeOffset first, CancellationToken cancellationToken) => ScalarAsync(
        connection,
        $"""
        insert into erased_batch (writer_number, position, first_position, chain)
        select writer_number, max(position), min(position), (array_agg(chain order by position desc))[1]
        from (select writer_number, position, chain, position - row_number() over (partition by writer_number order by position) as run from {NameOf(first)} where chain is not null) as r
        group by writer_number, run on conflict (writer_number, position) do nothing
        """,
        cancellationToken);

    /// <summary>Looks at the end of each writer's rows, not at all rows.</summary>
    private static async Task RefuseUntalliedAsync(DbConnection connection, DateTimeOffset first, CancellationToken cancellationToken)
    {
        var untallied = $"""
            select exists (
              select from ledger_writer w left join tally_checkpoint c on c.writer_number = w.writer_number
              cross join lateral (
                select from {NameOf(first)} b where b.writer_number = w.writer_number and b.position > coalesce(c.position, 0) limit 1) as late)
            """;
        if (await ScalarAsync(connection, untallied, cancellationToken) is true)
        {
            throw new InvalidOperationException($"Some rows of {first:yyyy-MM} are not added up. Retry when the tallies have caught up.");
        }
    }

    private static string NameOf(DateTimeOffset first) => NamePrefix + first.ToString(NameFormat, CultureInfo.InvariantCulture);

    private static async Task<object?> ScalarAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names and bounds made above, nothing from outside.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
