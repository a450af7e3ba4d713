using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>A consistent snapshot of the ledger: one transaction.</summary>
internal sealed partial class LedgerMoment(DbConnection connection, DbTransaction transaction, SqlDialect dialect) : ILedgerMoment
{
    private const int QuerySecondsMax = 3600;

    internal const string BlockColumns = "listener_id, session_id, block_number, logged_at, kind, artwork_ids, returned_ids";
    private const string BlockColumnsOfB = "b.listener_id, b.session_id, b.block_number, b.logged_at, b.kind, b.artwork_ids, b.returned_ids";
    private const string BatchColumns = "s.listener_id, b.session_id, b.batch_number, b.received_at, b.missing_change, b.impressions, b.displayed_at, cast(coalesce(b.revisits, 0) as bigint), b.account, b.report, cast(coalesce(s.end_missing, 0) as bigint), s.last_number";
    private const string Batches = "impression_batch b left join session s on s.session_id = b.session_id";

    internal SqlDialect Dialect => dialect;

    /// <inheritdoc/>
    public async Task<LedgerRowCounts> CountRowsAsync(CancellationToken cancellationToken)
    {
        var counts = default(LedgerRowCounts);
        await EachAsync(
            """
            select (select count(*) from artwork), (select count(*) from listener_block), (select count(*) from impression_batch),
              (select count(*) from artwork_views) + (select count(*) from noted_views), (select count(*) from release_counter)
            """,
            row => counts = new LedgerRowCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
            cancellationToken).ConfigureAwait(false);
        return counts;
    }

    /// <inheritdoc/>
    public async Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken)
    {
        var months = 0L;
        await EachAsync(dialect.CountDroppedMonths, row => months = row.GetInt64(0), cancellationToken).ConfigureAwait(false);
        return months > 0;
    }

    /// <inheritdoc/>
    public async Task<bool> HasErasuresAsync(CancellationToken cancellationToken)
    {
        var hasErasures = false;
        // A row with a first position is of a dropped month.
        await EachAsync(
            """
            select 1 where exists (select 1 from erased_batch where first_position is null) or exists (select 1 from erased_block where first_position is null) or exists (select 1 from erasure where done_at is null)
            """,
            _ => hasErasures = true, cancellationToken).ConfigureAwait(false);
        return hasErasures;
    }

    /// <inheritdoc/>
    public async Task<bool> HasDroppedBlocksAsync(CancellationToken cancellationToken)
    {
        var areDropped = false;
        await EachAsync("select 1 from dropped_block_month limit 1", _ => areDropped = true, cancellationToken).ConfigureAwait(false);
        return areDropped;
    }

    /// <inheritdoc/>
    public Task ReadArtworksAsync(Action<long, DateTimeOffset?> read, CancellationToken cancellationToken) => EachAsync(
        "select artwork_id, viewed_at from artwork", row => read(row.GetInt64(0), StoredRows.TimeOrNull(row, 1)), cancellationToken);

    /// <inheritdoc/>
    public Task ReadMadeAsync(Action<long> read, CancellationToken cancellationToken) =>
        EachAsync($"select artwork_id from artwork where pool = {NewArtwork.NoPool}", row => read(row.GetInt64(0)), cancellationToken);

    /// <inheritdoc/>
    public Task ReadBlocksAsync(Action<StoredSnapshot> readSnapshot, Action<BlockRow> read, CancellationToken cancellationToken) => EachAsync(
        $"""
        select * from (
          select {BlockColumns}, cast(null as bigint) as checksum, cast(null as bigint) as last_row, 1 as what from listener_block
          union all
          select listener_id, null, block_number, saved_at, slot, state, null, checksum, last_row, 0 from listener_snapshot) as r
        order by listener_id{dialect.Bytewise}, what, block_number
        """,
        row =>
        {
            if (row.GetInt32(9) == 0)
            {
                readSnapshot(ReadSnapshot(row, 7, 8));
            }
            else
            {
                read(ReadBlock(dialect, row));
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ReadBatchesAsync(Action<BatchRow> read, CancellationToken cancellationToken) =>
        EachAsync($"select {BatchColumns} from {Batches}", row => read(ReadBatch(row)), cancellationToken);

    /// <inheritdoc/>
    public Task ReadListenersAsync(Action<StoredSnapshot> readSnapshot, Action<BlockRow> readBlock, Action<BatchRow> readBatch, CancellationToken cancellationToken) => EachAsync(
        $"""
        select * from (
          select {BlockColumnsOfB}, b.chain as revisits, s.opened_at as account, s.release as report, s.reopened_at as end_missing, cast(null as bigint) as last_number,
            0 as what, null as series, b.block_number as number, s.listener_id as owner
          from listener_block b left join session s on s.session_id = b.session_id
          union all
          select {BatchColumns}, 1, b.session_id, b.batch_number, null from {Batches}
          union all
          select listener_id, null, block_number, saved_at, slot, state, null, checksum, last_row, null, null, null, -1, null, slot, null from listener_snapshot) as r
        order by listener_id{dialect.Bytewise}, what, series, number
        """,
        row =>
        {
            if (row.GetInt32(12) < 0)
            {
                readSnapshot(ReadSnapshot(row, 7, 8));
            }
            else if (row.GetInt32(12) == 0)
            {
                readBlock(ReadBlock(dialect, row) with
                {
                    Chain = StoredRows.NumberOrNull(row, 7),
                    OpenedAt = StoredRows.TimeOrNull(row, 8),
                    Release = StoredRows.TextOrNull(row, 9),
                    Owner = StoredRows.TextOrNull(row, 15),
                    IsReopened = !row.IsDBNull(10),
                });
            }
            else
            {
                readBatch(ReadBatch(row));
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ReadAliasesAsync(Action<ListenerAlias> read, CancellationToken cancellationToken) =>
        EachAsync($"select {SqlAliases.Columns} from listener_alias", row => read(SqlAliases.Read(row)), cancellationToken);

    /// <inheritdoc/>
    public Task ReadLateBlocksAsync(Action<string, BlockRow> read, CancellationToken cancellationToken) => EachAsync(
        """
        select b.listener_id, b.session_id, b.block_number, b.logged_at, b.kind, b.artwork_ids, b.returned_ids, a.guest
        from listener_alias a join session s on s.listener_id = a.guest join listener_block b on b.session_id = s.session_id and b.listener_id <> a.guest
        """,
        row => read(row.GetString(7), ReadBlock(dialect, row)),
        cancellationToken);

    /// <inheritdoc/>
    public Task ReadCheckpointsAsync(Action<long, long> read, CancellationToken cancellationToken) =>
        EachAsync("select writer_number, position from tally_checkpoint", row => read(row.GetInt64(0), row.GetInt64(1)), cancellationToken);

    /// <inheritdoc/>
    public Task ReadViewsAsync(Action<long, byte[]> read, CancellationToken cancellationToken) =>
        EachAsync("select page, views from artwork_views order by page", row => read(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancellationToken);

    /// <inheritdoc/>
    public Task ReadNotedViewsAsync(Action<long, NotedViews> read, CancellationToken cancellationToken) => EachAsync(
        "select writer_number, noted_at, pages, views from noted_views",
        row => read(row.GetInt64(0), new NotedViews(StoredRows.Time(row.GetInt64(1)), row.GetInt64(2), row.GetFieldValue<byte[]>(3))), cancellationToken);

    /// <inheritdoc/>
    public Task ReadCountersAsync(Action<CounterAdded> read, CancellationToken cancellationToken) =>
        EachAsync("select release, hour, counter, amount from release_counter", row => read(StoredRows.ReadCounter(row)), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionSummary>> FindSessionsAsync(SessionFilter filter, CancellationToken cancellationToken) =>
        SessionQuery.RunAsync(this, filter, cancellationToken);

    /// <inheritdoc/>
    public Task<Dictionary<string, long>> FindArtworksAsync(IReadOnlyCollection<string> names, ArtworkNaming naming, CancellationToken cancellationToken) =>
        ArtworkNameQuery.RunAsync(this, names, naming, cancellationToken);

    /// <summary>Reads the rows of one query, one by one.</summary>
    /// <param name="sql">With parameters $1, $2, …</param>
    /// <param name="read">Processes a row.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <param name="values">The parameters' values.</param>
    internal Task EachAsync(string sql, Action<DbDataReader> read, CancellationToken cancellationToken, params object?[] values) => EachAsync(
        sql,
        row =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            read(row);
            return ValueTask.CompletedTask;
        },
        cancellationToken,
        values);

    /// <summary>As the other, with work that waits.</summary>
    internal async Task EachAsync(string sql, Func<DbDataReader, ValueTask> read, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = dialect.CommandOf(connection, sql, values);
        command.Transaction = transaction;
        command.CommandTimeout = QuerySecondsMax;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            await read(reader).ConfigureAwait(false);
        }
    }

    /// <summary>A row of <see cref="BlockColumns"/>.</summary>
    internal static BlockRow ReadBlock(SqlDialect dialect, DbDataReader row) => new(
        row.GetString(0), dialect.ReadId(row, 1), row.GetInt64(2), StoredRows.Time(row.GetInt64(3)), (BlockKind)row.GetInt64(4), row.GetFieldValue<byte[]>(5),
        StoredRows.BytesOrNull(row, 6));

    /// <summary>A snapshot in the columns of a block.</summary>
    private static StoredSnapshot ReadSnapshot(DbDataReader row, int checksum, int lastRow) => new(
        new ListenerSnapshot(row.GetString(0), (int)row.GetInt64(4), row.GetInt64(2), row.GetInt64(lastRow), row.GetFieldValue<byte[]>(5), StoredRows.Time(row.GetInt64(3))),
        row.GetInt64(checksum));

    private BatchRow ReadBatch(DbDataReader row) => new(
        StoredRows.TextOrNull(row, 0), dialect.ReadId(row, 1), row.GetInt64(2), StoredRows.Time(row.GetInt64(3)), row.GetFieldValue<byte[]>(5),
        StoredRows.BytesOrNull(row, 6), row.GetInt64(4), row.GetInt64(7), StoredRows.NumberOrNull(row, 8),
        StoredRows.TextOrNull(row, 9), row.GetInt64(10), StoredRows.NumberOrNull(row, 11));
}
