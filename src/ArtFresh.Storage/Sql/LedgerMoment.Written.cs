using System.Data.Common;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads rows as their writers wrote them, for the checks of their checksums.</summary>
internal sealed partial class LedgerMoment
{
    private static readonly byte[] NoImpressions = PackedImpressions.Pack([]);

    /// <inheritdoc/>
    public Task ReadBatchesByWriterAsync(long? writer, long after, Action<WriterRow> read, CancellationToken cancellationToken)
    {
        var only = writer is null ? "" : "where b.writer_number = $1 and b.position > $2";
        return EachAsync(
            $"""
            select * from (
              select b.writer_number, b.position, s.release, b.received_at, b.impressions, b.duplicates, b.report, cast(null as bigint) as first_position, b.chain, s.opened_at, b.batch_number,
                b.displayed_at, b.missing_change, b.account, cast(b.network as bigint) as network, cast(b.revisits as bigint) as revisits, 0 as erased, b.session_id, b.batch_id
              from {Batches} {only}
              union all
              select b.writer_number, b.position, null, 0, null, 0, null, coalesce(b.first_position, b.position), b.chain, null, 0, null, 0, null, null, null, 1, null, null
              from erased_batch b {only}) as r
            order by writer_number, position
            """,
            row => read(ReadWritten(row)), cancellationToken, Only(writer, after));
    }

    /// <inheritdoc/>
    public Task ReadBlocksByWriterAsync(long? writer, long after, Action<WrittenBlock> read, CancellationToken cancellationToken)
    {
        var only = writer is null ? "" : "and b.writer_number = $1 and b.position > $2";
        return EachAsync(
            $"""
            select * from (
              select {BlockColumnsOfB}, b.writer_number, b.position, b.chain, b.position as first_position from listener_block b where b.writer_number is not null {only}
              union all
              select null, null, 0, 0, 0, null, null, b.writer_number, b.position, b.chain, coalesce(b.first_position, b.position) from erased_block b where b.position > 0 {only}) as r
            order by writer_number, position
            """,
            row => read(new WrittenBlock(row.GetInt64(7), row.GetInt64(8), StoredRows.NumberOrNull(row, 9), row.IsDBNull(0) ? null : ReadBlock(dialect, row)) { FirstPosition = row.GetInt64(10) }),
            cancellationToken, Only(writer, after));
    }

    /// <inheritdoc/>
    public Task ReadWritersAsync(Action<WriterEnd> read, CancellationToken cancellationToken) => EachAsync(
        "select writer_number, started_at, position, chain, block_position, block_chain from ledger_writer",
        row => read(new WriterEnd(
            row.GetInt64(0),
            StoredRows.Time(row.GetInt64(1)),
            row.IsDBNull(2) || row.IsDBNull(3) || row.IsDBNull(4) || row.IsDBNull(5)
                ? null
                : new WriterHead(row.GetInt64(0), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)))),
        cancellationToken);

    /// <inheritdoc/>
    public async Task<(long? Chain, bool IsDropped)> FindChainAsync(bool isBlock, long writer, long position, CancellationToken cancellationToken)
    {
        var found = ((long?)null, false);
        await EachAsync(
            isBlock
                ? """
                select position, chain from listener_block where writer_number = $1 and position = $2
                union all select position, chain from erased_block where writer_number = $1 and position >= $2 and coalesce(first_position, position) <= $2
                """
                : """
                select position, chain from impression_batch where writer_number = $1 and position = $2
                union all select position, chain from erased_batch where writer_number = $1 and position >= $2 and coalesce(first_position, position) <= $2
                """,
            row => found = row.GetInt64(0) == position ? (StoredRows.NumberOrNull(row, 1), false) : (null, true),
            cancellationToken, writer, position).ConfigureAwait(false);
        return found;
    }

    /// <inheritdoc/>
    public Task CheckSealedAsync(Action<string> broken, CancellationToken cancellationToken) => SealedRows.CheckAsync(this, broken, cancellationToken);

    /// <inheritdoc/>
    public Task<SchemaFindings> CheckSchemaAsync(CancellationToken cancellationToken) =>
        SchemaCheck.FindAsync(dialect, dialect.Scripts, (sql, values, read) => EachAsync(sql, read, cancellationToken, values));

    /// <inheritdoc/>
    public Task ReadNetworksAsync(Action<string, DateTimeOffset, byte[]> read, CancellationToken cancellationToken) => EachAsync(
        "select release, minute, counts from release_network", row => read(row.GetString(0), StoredRows.Time(row.GetInt64(1)), row.GetFieldValue<byte[]>(2)), cancellationToken);

    /// <inheritdoc/>
    public async Task CheckNotesAsync(bool ofAllTables, Action<string> broken, CancellationToken cancellationToken)
    {
        foreach (var (what, sql) in (IEnumerable<(string, string)>)[.. ofAllTables ? NotesQueries.Large : [], .. NotesQueries.Small, .. dialect.HasStates ? NotesQueries.OfEmbedded : []])
        {
            await EachAsync(sql, row => broken($"{what}: {Convert.ToString(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)}"), cancellationToken).ConfigureAwait(false);
        }

        await CheckMonthsAsync(broken, cancellationToken).ConfigureAwait(false);
        await CheckProofsAsync(broken, cancellationToken).ConfigureAwait(false);
        await new AuditReplay(this, broken, cancellationToken).CheckAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ReadWithdrawnAsync(Action<long, DateTimeOffset> read, CancellationToken cancellationToken) => EachAsync(
        "select artwork_id, changed_at from withdrawal where withdrawn = 1", row => read(row.GetInt64(0), StoredRows.Time(row.GetInt64(1))), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableHead>> ReadTableHeadsAsync(CancellationToken cancellationToken) => TableHeads.ReadAsync(this, cancellationToken);

    /// <inheritdoc/>
    public Task CompareTableHeadsAsync(IReadOnlyList<TableHead> heads, Action<string> broken, CancellationToken cancellationToken) =>
        TableHeads.CompareAsync(this, heads, broken, cancellationToken);

    /// <summary>Reports months that are said to be dropped and whose sessions are there. A session that came back has been opened again; a month whose dropping was stopped has sessions left.</summary>
    private async Task CheckMonthsAsync(Action<string> broken, CancellationToken cancellationToken)
    {
        await EachAsync(
            "select ended_at, coalesce(done_at, ended_at) from dropped_block_month",
            row =>
            {
                if (StoredRows.Time(row.GetInt64(0)) is var ended && (Months.FirstOf(ended) != ended || row.GetInt64(1) < row.GetInt64(0)))
                {
                    broken($"blocks are said to be dropped up to a time that ends no month, or before it: {ended.UtcDateTime:yyyy-MM-dd HH:mm}Z");
                }
            },
            cancellationToken).ConfigureAwait(false);
        var months = new List<DateTimeOffset>();
        await EachAsync("select first_at from dropped_month", row => months.Add(StoredRows.Time(row.GetInt64(0))), cancellationToken).ConfigureAwait(false);
        foreach (var first in months)
        {
            var isWrong = Months.FirstOf(first) != first;
            await EachAsync(
                """
                select 1 from session where session_id >= $1 and session_id < $2 and reopened_at is null and not exists (select 1 from erased_batch where first_position is not null) limit 1
                """,
                _ => isWrong = true, cancellationToken, Months.FirstIdOf(first), Months.FirstIdOf(Months.FirstOf(first).AddMonths(1))).ConfigureAwait(false);
            if (isWrong)
            {
                broken($"a month is said to be dropped whose sessions are there, or is no month: {first.UtcDateTime:yyyy-MM-dd}");
            }
        }
    }

    /// <summary>Reports erasures that are not done and whose proof is another's. Servers leave them out.</summary>
    private async Task CheckProofsAsync(Action<string> broken, CancellationToken cancellationToken)
    {
        var keys = new List<byte[]>();
        await EachAsync(SqlErasures.KeySql, row => keys.Add(row.GetFieldValue<byte[]>(0)), cancellationToken).ConfigureAwait(false);
        if (keys is [var key])
        {
            await EachAsync(
                "select erasure_id, listener_id, proof from erasure where listener_id is not null order by erasure_id",
                row =>
                {
                    if (!row.GetFieldValue<byte[]>(2).AsSpan().SequenceEqual(ErasureHash.Of(key, row.GetString(1))))
                    {
                        broken($"an erasure's proof is not its listener's, so that nobody asked for it: {row.GetInt64(0)}");
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task ReadServedSumsAsync(Action<ServedSum> read, CancellationToken cancellationToken) => EachAsync(
        """
        select release, hour, cast(sum(set_aside) as bigint), cast(sum(given_back) as bigint), cast(sum(unserved) as bigint), cast(sum(unshown) as bigint), cast(sum(untold) as bigint) from (
          select release, hour, set_aside, given_back, unserved, 0 as unshown, 0 as untold from session_art
          union all
          select release, opened_at - opened_at % 3600000, 0, 0, 0, coalesce(end_unshown, 0), case when end_unshown is null then 1 else 0 end from session where last_number is not null) as r
        group by release, hour
        """,
        row => read(new ServedSum(row.GetString(0), StoredRows.Time(row.GetInt64(1)), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(6) > 0 ? null : row.GetInt64(5))),
        cancellationToken);

    /// <inheritdoc/>
    public Task ReadMinutesAsync(Action<CounterAdded> read, CancellationToken cancellationToken) =>
        EachAsync("select release, minute, counter, amount from release_minute", row => read(StoredRows.ReadCounter(row)), cancellationToken);

    private static object?[] Only(long? writer, long after) => writer is { } number ? [number, after] : [];

    private WriterRow ReadWritten(DbDataReader row)
    {
        var isErased = row.GetInt32(16) != 0;
        return new WriterRow(
            row.GetInt64(0), row.GetInt64(1), StoredRows.TextOrNull(row, 2), StoredRows.Time(row.GetInt64(3)), StoredRows.BytesOrNull(row, 4) ?? NoImpressions, row.GetInt64(5),
            StoredRows.TextOrNull(row, 6))
        {
            IsErased = isErased,
            FirstPosition = StoredRows.NumberOrNull(row, 7) ?? row.GetInt64(1),
            Chain = StoredRows.NumberOrNull(row, 8),
            OpenedAt = StoredRows.TimeOrNull(row, 9),
            Number = row.GetInt64(10),
            DisplayedAt = StoredRows.BytesOrNull(row, 11),
            MissingChange = row.GetInt64(12),
            Account = StoredRows.NumberOrNull(row, 13),
            Network = StoredRows.NumberOrNull(row, 14),
            Revisits = StoredRows.NumberOrNull(row, 15),
            Session = isErased ? default : dialect.ReadId(row, 17),
            BatchId = isErased ? default : dialect.ReadId(row, 18),
        };
    }
}
