using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Tables <c>feed_checkpoint</c> and <c>feed_turn</c>.</summary>
public sealed class SqlFeed(SqlDatabase database) : IImpressionFeed
{
    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public Task<bool> TakeTurnAsync(Guid member, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken) => database.WriteAsync(
        "update feed_turn set holder = $1, held_until = $3 where held_until <= $2 or holder = $1",
        cancellationToken, member, now.ToUnixTimeMilliseconds(), (now + lease).ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FeedWriter>> ReadWritersAsync(CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select writer_number, sent, last from (
          select w.writer_number, coalesce(c.position, 0) as sent,
            coalesce(w.position, (select max(b.position) from impression_batch b where b.writer_number = w.writer_number), 0) as last
          from ledger_writer w left join feed_checkpoint c on c.writer_number = w.writer_number) as writers
        where last > sent order by writer_number
        """,
        row => new FeedWriter(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ExportedBatch>> ReadAsync(FeedWriter writer, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"""
        select {SqlExports.BatchColumns} from impression_batch b join {SqlExports.Sessions}
        where b.writer_number = $1 and b.position > $2 and b.position <= $3 order by b.position limit $4
        """,
        row => SqlExports.ReadBatch(_dialect, row), cancellationToken, writer.Writer, writer.Sent, writer.Last, (long)count);

    /// <inheritdoc/>
    public Task AdvanceAsync(long writer, long position, CancellationToken cancellationToken) => database.WriteAsync(
        """
        insert into feed_checkpoint (writer_number, position) values ($1, $2)
        on conflict (writer_number) do update set position = excluded.position where feed_checkpoint.position < excluded.position
        """,
        cancellationToken, writer, position);
}
