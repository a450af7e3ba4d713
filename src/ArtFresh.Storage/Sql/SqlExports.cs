using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads rows for other systems.</summary>
public sealed class SqlExports(SqlDatabase database) : ILedgerExports
{
    internal const string BatchColumns =
        "b.writer_number, b.position, s.listener_id, b.session_id, s.release, b.batch_number, b.batch_id, b.received_at, b.impressions, b.displayed_at";

    /// <summary>Sessions of listeners whose erasure is not asked for.</summary>
    internal const string Sessions = "session s on s.session_id = b.session_id and not exists (select 1 from erasure e where e.listener_id = s.listener_id)";

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public Task ReadBatchesAsync(DateTimeOffset from, DateTimeOffset until, Func<ExportedBatch, ValueTask> read, CancellationToken cancellationToken) => EachAsync(
        $"select {BatchColumns} from impression_batch b join {Sessions} where b.received_at >= $1 and b.received_at < $2", row => read(ReadBatch(_dialect, row)), from, until, cancellationToken);

    /// <inheritdoc/>
    public Task ReadArtworksAsync(DateTimeOffset from, DateTimeOffset until, Func<ExportedArtwork, ValueTask> read, CancellationToken cancellationToken) => EachAsync(
        """
        select artwork_id, created_at, generator, valence, energy, title, author, source, licence, collection, digital_source_type, content_hash from artwork
        where created_at >= $1 and created_at < $2 order by artwork_id
        """,
        row => read(new ExportedArtwork(
            row.GetInt64(0), StoredRows.Time(row.GetInt64(1)), row.GetString(2), row.GetDouble(3), row.GetDouble(4), row.GetString(5), StoredRows.TextOrNull(row, 6), StoredRows.TextOrNull(row, 7),
            StoredRows.TextOrNull(row, 8), StoredRows.TextOrNull(row, 9), StoredRows.TextOrNull(row, 10), StoredRows.TextOrNull(row, 11))),
        from, until, cancellationToken);

    /// <inheritdoc/>
    public Task ReadFiguresAsync(DateTimeOffset from, DateTimeOffset until, Func<CounterAdded, ValueTask> read, CancellationToken cancellationToken) => EachAsync(
        "select release, hour, counter, amount from release_counter where hour >= $1 and hour < $2 order by hour, release, counter",
        row => read(StoredRows.ReadCounter(row)), from, until, cancellationToken);

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> ReadFirstAsync(CancellationToken cancellationToken) => (await database.QueryAsync(
        """
        select min(at) from (
          select min(created_at) as at from artwork union all select min(received_at) from impression_batch union all select min(hour) from release_counter) as first
        """,
        row => StoredRows.TimeOrNull(row, 0), cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>A row of <see cref="BatchColumns"/>.</summary>
    internal static ExportedBatch ReadBatch(SqlDialect dialect, DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), dialect.ReadId(row, 3), row.GetString(4), row.GetInt64(5), dialect.ReadId(row, 6), StoredRows.Time(row.GetInt64(7)),
        row.GetFieldValue<byte[]>(8), StoredRows.BytesOrNull(row, 9));

    private Task<bool> EachAsync(string sql, Func<DbDataReader, ValueTask> read, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => database.ReadMomentAsync(
        async moment =>
        {
            await ((LedgerMoment)moment).EachAsync(sql, read, cancellationToken, from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds()).ConfigureAwait(false);
            return true;
        },
        cancellationToken);
}
