using System.Data.Common;
using System.Globalization;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// The monthly partitions of <c>impression_batch</c>. A session's id is a version 7 UUID, which begins with the milliseconds of its opening, so that a range of
/// ids is a range of time.
/// </summary>
public static class MonthPartitions
{
    /// <summary>Months that exist before they begin.</summary>
    private const int MonthsAhead = 2;

    /// <summary>Creates the partitions from last month to the months ahead, where they are missing.</summary>
    internal static async Task MakeAheadAsync(DbConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var thisMonth = FirstOfMonth(now);
        for (var month = -1; month <= MonthsAhead; month++)
        {
            var first = thisMonth.AddMonths(month);
            await ScalarAsync(
                connection,
                // Autovacuum's ANALYZE costs 10% of write time, and rows are found by key whatever the statistics say: run it only when the table doubles.
                $"""
                create table if not exists {NameOf(first)} partition of impression_batch for values from ('{FirstIdOf(first)}') to ('{FirstIdOf(first.AddMonths(1))}')
                with (autovacuum_analyze_scale_factor = 1)
                """,
                cancellationToken);
        }
    }

    /// <summary>
    /// Drops a month's batches and the sessions opened in it. What listeners have stays in their blocks, and the figures stay in the tallies.
    /// </summary>
    /// <param name="database">The ledger.</param>
    /// <param name="month">Any moment of the month.</param>
    /// <param name="now">The present.</param>
    /// <param name="cancellationToken">Gives up; nothing is dropped then.</param>
    /// <returns>How many sessions were deleted.</returns>
    /// <exception cref="InvalidOperationException">The month is too young, was dropped before, or has rows that no tally has added up.</exception>
    public static Task<long> DropAsync(PostgresDatabase database, DateTimeOffset month, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        var first = FirstOfMonth(month);
        if (first.AddMonths(2) > FirstOfMonth(now))
        {
            throw new InvalidOperationException($"{first:yyyy-MM} cannot be dropped yet: sessions of the current and the previous month may still deliver.");
        }

        return database.ReadAsync(connection => DropAsync(connection, first, cancellationToken), cancellationToken);
    }

    private static async Task<long> DropAsync(DbConnection connection, DateTimeOffset first, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ScalarAsync(connection, $"select to_regclass('{NameOf(first)}') is not null", cancellationToken) is not true)
        {
            throw new InvalidOperationException($"There is no partition of {first:yyyy-MM}: it was dropped, or never created.");
        }

        var untallied = $"""
            select exists (
              select 1 from {NameOf(first)} b left join tally_checkpoint c on c.writer_number = b.writer_number where b.position > coalesce(c.position, 0))
            """;
        if (await ScalarAsync(connection, untallied, cancellationToken) is true)
        {
            throw new InvalidOperationException($"Some rows of {first:yyyy-MM} are not added up. Retry when the tallies have caught up.");
        }

        await ScalarAsync(connection, $"drop table {NameOf(first)}", cancellationToken);
        var sessions = (long)(await ScalarAsync(
            connection,
            $"with gone as (delete from session where session_id >= '{FirstIdOf(first)}' and session_id < '{FirstIdOf(first.AddMonths(1))}' returning 1) select count(*) from gone",
            cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return sessions;
    }

    private static DateTimeOffset FirstOfMonth(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero);
    }

    private static string NameOf(DateTimeOffset first) => string.Create(CultureInfo.InvariantCulture, $"impression_batch_{first:yyyyMM}");

    private static string FirstIdOf(DateTimeOffset first)
    {
        var digits = first.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return $"{digits[..8]}-{digits[8..]}-0000-0000-000000000000";
    }

    private static async Task<object?> ScalarAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names and bounds made above, nothing from outside.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
