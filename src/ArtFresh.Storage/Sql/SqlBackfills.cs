using System.Data.Common;
using System.Runtime.InteropServices;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Tables <c>backfill_run</c> and <c>backfill_view</c>, which <see cref="ViewsBackfilled"/> writes.</summary>
public sealed class SqlBackfills(SqlDatabase database) : IBackfills
{
    private const string Columns = "run_number, source, started_at, ended_at, undo_at, undone_at";

    /// <summary>Artworks changed in one transaction: a few milliseconds, so that no commit waits long.</summary>
    private const int ArtworksPerTransaction = 500;

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BackfillRun>> ReadAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync($"select {Columns} from backfill_run order by run_number", Read, cancellationToken);

    /// <inheritdoc/>
    public async Task<BackfillRun> BeginAsync(string source, string fingerprint, DateTimeOffset at, CancellationToken cancellationToken)
    {
        while (true)
        {
            if ((await FindAsync().ConfigureAwait(false)) is { } found)
            {
                return found;
            }

            await database.WriteAsync(
                """
                insert into backfill_run (run_number, source, fingerprint, started_at) select (select coalesce(max(run_number), 0) + 1 from backfill_run), cast($1 as text), cast($2 as text), $3
                where not exists (select 1 from backfill_run where fingerprint = $2 and undo_at is null)
                on conflict do nothing
                """,
                cancellationToken, source, fingerprint, at.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        }

        async Task<BackfillRun?> FindAsync() => (await database.QueryAsync(
            $"select {Columns} from backfill_run where fingerprint = $1 and undo_at is null order by run_number desc limit 1", Read, cancellationToken, fingerprint).ConfigureAwait(false))
            .SingleOrDefault();
    }

    /// <inheritdoc/>
    public Task EndAsync(long run, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync("update backfill_run set ended_at = $2 where run_number = $1", cancellationToken, run, at.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, BackfilledLog>> ReadLogsAsync(IReadOnlyCollection<string> listenerIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listenerIds);
        var rows = await database.QueryAsync(
            $"""
            select listener_id, block_number, session_id, case when kind = 3 then artwork_ids end from listener_block where {_dialect.OneOf("listener_id", 1)}
            order by listener_id, block_number
            """,
            row => (
                Listener: row.GetString(0),
                Block: new LoggedBlock(
                    row.GetInt64(1), BlockKind.Backfilled, _dialect.ReadId(row, 2),
                    StoredRows.BytesOrNull(row, 3) is { } packed ? ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(packed)) : default, [])),
            cancellationToken, (object)listenerIds.ToArray()).ConfigureAwait(false);
        var logs = rows.GroupBy(row => row.Listener).ToDictionary(
            log => log.Key, log => new BackfilledLog(log.Max(row => row.Block.BlockNumber), [.. log.Select(row => row.Block).Where(block => !block.ArtworkIds.IsDefault)]));
        foreach (var listener in listenerIds)
        {
            logs.TryAdd(listener, new BackfilledLog(0, []));
        }

        return logs;
    }

    /// <inheritdoc/>
    public async Task<bool> HasErasuresAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("select 1 from erasure limit 1", _ => true, cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <inheritdoc/>
    public async Task<string?> FindObstacleAsync(BackfillRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var dropped = await database.QueryAsync(
            "select ended_at from dropped_block_month where ended_at > $1 order by ended_at desc limit 1", row => StoredRows.Time(row.GetInt64(0)), cancellationToken,
            run.StartedAt.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        return dropped is [var before, ..]
            ? FormattableString.Invariant($"Run {run.Number} began at {run.StartedAt:yyyy-MM-dd HH:mm}Z, and blocks from before {before:yyyy-MM-dd} are dropped (ArtFresh:Retention:Blocks): the run's own are gone.")
            : null;
    }

    /// <inheritdoc/>
    public async Task BeginUndoAsync(long run, OperatorAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        await database.ActAsync(
            act,
            connection => database.ExecuteAsync(
                connection, "update backfill_run set undo_at = $2 where run_number = $1 and undo_at is null", cancellationToken, run, act.At.ToUnixTimeMilliseconds()),
            cancellationToken).ConfigureAwait(false);
        // What the run itself is committing now belongs to it.
        await database.SettleAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task EndUndoAsync(long run, DateTimeOffset at, CancellationToken cancellationToken) => database.WriteAsync(
        "update backfill_run set undone_at = $2 where run_number = $1 and undone_at is null", cancellationToken, run, at.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReadListenersAsync(long run, string after, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"""
        select distinct listener_id{_dialect.Bytewise} as id from listener_block where session_id = $1 and kind = 3 and listener_id{_dialect.Bytewise} > $2 order by id limit $3
        """,
        row => row.GetString(0), cancellationToken, BackfillRows.Of(run), after, (long)count);

    /// <inheritdoc/>
    public async Task<long> CountListenersAsync(long run, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select count(distinct listener_id) from listener_block where session_id = $1 and kind = 3", StoredRows.ReadNumber, cancellationToken, BackfillRows.Of(run)).ConfigureAwait(false)).Single();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<byte[]>> ReadReportedAsync(string listenerId, DateTimeOffset since, CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select b.impressions from session s join impression_batch b on b.session_id = s.session_id where s.listener_id = $1 and b.received_at >= $2
        """,
        row => row.GetFieldValue<byte[]>(0), cancellationToken, listenerId, since.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<long> UndoViewsAsync(BackfillRun run, Action<long, long> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(progress);
        var (changed, done) = (0L, 0L);
        var undone = await database.ReadMomentAsync(moment => UndoneViews.ReadAsync((LedgerMoment)moment, run, cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (var artworks in undone.Artworks.Chunk(ArtworksPerTransaction))
        {
            await database.WriteAsync(
                async connection =>
                {
                    changed += await UndoViewsAsync(connection, undone, artworks, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            progress(done += artworks.Length, undone.Artworks.Count);
        }

        return changed;
    }

    private async Task<int> UndoViewsAsync(DbConnection connection, UndoneViews undone, long[] artworks, CancellationToken cancellationToken)
    {
        if (_dialect.HoldBatches is { } hold)
        {
            // A batch that is committed now finds viewed_at set, and one that is committed after this sets it.
            await database.ExecuteAsync(connection, hold, cancellationToken).ConfigureAwait(false);
        }

        await undone.CatchUpAsync(database, connection, cancellationToken).ConfigureAwait(false);
        var changed = 0;
        foreach (var artworkId in artworks)
        {
            var (of, becomes) = undone.ChangeOf(artworkId);
            changed += of == becomes ? 0 : await database.ExecuteAsync(
                connection, "update artwork set viewed_at = cast($2 as bigint) where artwork_id = $1 and viewed_at = $3", cancellationToken, artworkId, becomes, of).ConfigureAwait(false);
        }

        return changed;
    }

    private static BackfillRun Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), StoredRows.Time(row.GetInt64(2)), StoredRows.TimeOrNull(row, 3), StoredRows.TimeOrNull(row, 4), StoredRows.TimeOrNull(row, 5));
}
