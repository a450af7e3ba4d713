using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Adds the rows of <c>noted_views</c> to those of <c>artwork_views</c>.</summary>
public sealed class SqlViewCounts(SqlDatabase database) : IViewCounts
{
    /// <summary>Pages that may be rewritten in one delay: about a megabyte of write-ahead log.</summary>
    private const int PagesPerDelay = 64;

    /// <summary>The longest wait, in delays.</summary>
    private const int DelaysMax = 60;

    /// <summary>Pages read by one statement: a megabyte.</summary>
    private const int PagesPerStatement = 256;

    private static readonly byte[] NoViews = [];

    /// <summary>How long views that touch so many pages wait.</summary>
    public static TimeSpan WaitOf(long pages, TimeSpan delay) => delay * Math.Clamp(pages / PagesPerDelay, 1, DelaysMax);

    /// <inheritdoc/>
    public async Task<bool> CountAsync(DateTimeOffset now, TimeSpan delay, CancellationToken cancellationToken)
    {
        // Each tally notes how many pages its views touch. Together they touch no more than there are, but for new ones.
        var (since, pages) = (await database.QueryAsync(
            "select min(noted_at), cast(sum(pages) as bigint), (select count(*) from artwork_views) from noted_views",
            row => (StoredRows.TimeOrNull(row, 0), Math.Min(StoredRows.NumberOrNull(row, 1) ?? 0, row.GetInt64(2))), cancellationToken).ConfigureAwait(false))[0];
        return now - since >= WaitOf(pages, delay)
            && await database.WriteAsync(connection => CountAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CountAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var noted = new ViewSums();
        await EachAsync(connection, "delete from noted_views returning views", row => noted.Add(row.GetFieldValue<byte[]>(0)), cancellationToken).ConfigureAwait(false);
        var dialect = database.Dialect;
        // In ascending order, as everywhere.
        var hasAny = false;
        foreach (var some in noted.Pages.Chunk(PagesPerStatement))
        {
            hasAny = true;
            long[] numbers = [.. some.Select(page => page.Number)];
            await database.ExecuteAsync(
                connection, $"insert into artwork_views (page, views) select value, $2 from {dialect.Each(1)} where true on conflict (page) do nothing", cancellationToken, numbers, NoViews).ConfigureAwait(false);
            var counted = new Dictionary<long, ViewsPage>();
            await EachAsync(
                connection, $"select page, views from artwork_views where {dialect.OneOf("page", 1)} order by page{dialect.ForUpdate}",
                row => counted.Add(row.GetInt64(0), ViewsPage.FromBytes(row.GetFieldValue<byte[]>(1) is { Length: > 0 } bytes ? bytes : null)), cancellationToken, numbers).ConfigureAwait(false);
            foreach (var page in some)
            {
                var sum = counted[page.Number];
                sum.Add(page);
                await database.ExecuteAsync(connection, "update artwork_views set views = $2 where page = $1", cancellationToken, page.Number, sum.ToBytes()).ConfigureAwait(false);
            }
        }

        return hasAny;
    }

    private async Task EachAsync(DbConnection connection, string sql, Action<DbDataReader> read, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = database.Dialect.CommandOf(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            read(reader);
        }
    }
}
