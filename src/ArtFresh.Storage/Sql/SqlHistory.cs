using System.Data.Common;
using System.Runtime.InteropServices;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads the history of one session or listener.</summary>
public sealed class SqlHistory(SqlDatabase database) : ISessionHistory, IListenerHistory, IBlockLog
{
    /// <summary>The table that a row comes from: the first column of <see cref="SessionSql"/>.</summary>
    private enum SessionPart
    {
        Session = 0,
        Batch = 1,
        Block = 2,

        /// <summary>A row of the session in another log: it is read anew with the other rows of that log.</summary>
        OtherBlock = 3,

        /// <summary>The listener has joined an account.</summary>
        Alias = 4,
    }

    private const string BlockColumns = "block_number, kind, session_id, artwork_ids, returned_ids";

    /// <summary>
    /// The session's row, its batches, its blocks, and the claims by which other sessions of the listener took over some of its artworks, which follow its first
    /// block. One statement reads a consistent snapshot; otherwise a batch committed in between could be read without its session's claims.
    /// </summary>
    private const string SessionSql =
        $"""
        select 0, opened_at, cast(ended_at is not null as integer), session_id, cast(null as bytea), cast(null as bytea), genome_grant, release, last_number, end_missing, end_unshown, ended_at
        from session where session_id = $1 and listener_id = $2
        union all
        select 1, batch_number, cast(missing_change as integer), batch_id, impressions, null, account, report, null, null, null, null from impression_batch where session_id = $1
        union all
        select case when listener_id = $2 then 2 else 3 end, {BlockColumns}, null, null, logged_at, null, null, null from listener_block where session_id = $1
        union all
        select 4, block_number, 0, $1, null, null, null, account, null, null, null, null from listener_alias where guest = $2
        union all
        select 2, {BlockColumns}, null, null, logged_at, null, null, null from listener_block where listener_id = $2 and kind = 1 and session_id <> $1
          and block_number > (select min(block_number) from listener_block where session_id = $1)
        order by 1, 2
        """;

    /// <summary>
    /// Both snapshots, with the state of the newest that is not left out, the rows from its last one on, and whether any log has lost rows: one statement, because the rows
    /// before may be dropped meanwhile.
    /// </summary>
    private const string LogSql =
        $"""
        with newest as (
          select slot, block_number from listener_snapshot where listener_id = $1 and ($2 >> slot) & 1 = 0 order by block_number desc, slot limit 1)
        select 0 as what, s.block_number, s.slot as kind, null as session_id, case when exists (select 1 from newest n where n.slot = s.slot) then s.state end as artwork_ids,
          null as returned_ids, s.last_row, s.saved_at, s.checksum
        from listener_snapshot s where s.listener_id = $1
        union all
        select 1, {BlockColumns}, null, null, null from listener_block where listener_id = $1 and block_number >= coalesce((select block_number from newest), 0)
        union all
        select 2, 0, null, null, null, null, null, null, null where exists (select 1 from dropped_block_month)
        order by 1, 2
        """;

    /// <summary>
    /// The claims in the log of the account that the listener has joined, and in those of the accounts that this one has joined: by the session, or of its artworks by others.
    /// What the account's own sessions claimed before the joining is none of the guest's.
    /// </summary>
    private const string JoinedSql =
        """
        with recursive person (account, block_number, step) as (
          select account, block_number, 1 from listener_alias where guest = $1
          union all
          select a.account, a.block_number, p.step + 1 from person p join listener_alias a on a.guest = p.account where p.step < $2)
        select b.block_number, b.kind, b.session_id, b.artwork_ids, b.returned_ids, b.logged_at
        from person p join listener_block b on b.listener_id = p.account and b.kind = 1 and b.block_number > p.block_number
        order by p.step, b.block_number
        """;

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = new SessionRows(sessionId);
            Func<SessionHistory>? toHistory;
            bool hasJoined;
            await using (var command = _dialect.CommandOf(connection, SessionSql, sessionId, listenerId))
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
            {
                (toHistory, hasJoined) = await ReadSessionAsync(reader, rows, cancellationToken).ConfigureAwait(false);
            }

            if (toHistory is not null && hasJoined)
            {
                await using var command = _dialect.CommandOf(connection, JoinedSql, listenerId, (long)Aliases.StepsMax);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(ReadBlock(reader, 0), reader.GetInt64(5));
                }
            }

            return toHistory?.Invoke();
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> FindListenerAsync(Guid sessionId, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select listener_id from session where session_id = $1", row => row.GetString(0), cancellationToken, sessionId)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select listener_id from session where genome_grant = $1", row => row.GetString(0), cancellationToken, genomeGrant)).SingleOrDefault();

    /// <inheritdoc/>
    public Task<ListenerRead> ReadLogAsync(string listenerId, long without, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var command = _dialect.CommandOf(connection, LogSql, listenerId, without);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var (slots, newest, blocks, areDropped) = (new long[ListenerSnapshot.Slots], default(StoredSnapshot), new List<LoggedBlock>(), false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var what = reader.GetInt32(0);
                if (what == 1)
                {
                    blocks.Add(ReadBlock(reader, 1));
                }

                areDropped |= what == 2;
                if (what != 0)
                {
                    continue;
                }

                slots[reader.GetInt32(2)] = reader.GetInt64(1);
                newest = reader.IsDBNull(4)
                    ? newest
                    : new StoredSnapshot(
                        new ListenerSnapshot(listenerId, reader.GetInt32(2), reader.GetInt64(1), reader.GetInt64(6), reader.GetFieldValue<byte[]>(4), StoredRows.Time(reader.GetInt64(7))),
                        reader.GetInt64(8));
            }

            return new ListenerRead(slots, newest, blocks, areDropped);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<StoredSnapshot?> ReadSnapshotAsync(string listenerId, int slot, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {SqlSnapshots.Columns} from listener_snapshot where listener_id = $1 and slot = $2", row => SqlSnapshots.Read(row), cancellationToken, listenerId, slot)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {BlockColumns} from listener_block where listener_id = $1 and block_number > $2 order by block_number",
        reader => ReadBlock(reader, 0), cancellationToken, listenerId, afterBlockNumber);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksBackAsync(string listenerId, long beforeBlockNumber, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {BlockColumns} from listener_block where listener_id = $1 and block_number < $2 order by block_number desc limit $3",
        reader => ReadBlock(reader, 0), cancellationToken, listenerId, beforeBlockNumber, (long)count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Guid>> ReadServingSessionsAsync(string listenerId, DateTimeOffset from, CancellationToken cancellationToken) => await database.QueryAsync(
        """
        select distinct b.session_id from listener_block b join session s on s.session_id = b.session_id
        where b.listener_id = $1 and b.kind = 0 and b.logged_at >= $2 and s.ended_at is null
        """,
        row => _dialect.ReadId(row, 0), cancellationToken, listenerId, from.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockRow>> ReadBlockRowsAsync(string listenerId, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {LedgerMoment.BlockColumns} from listener_block where listener_id = $1 order by block_number",
        row => LedgerMoment.ReadBlock(_dialect, row), cancellationToken, listenerId);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredSnapshot>> ReadSnapshotsAsync(string listenerId, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {SqlSnapshots.Columns} from listener_snapshot where listener_id = $1", row => SqlSnapshots.Read(row), cancellationToken, listenerId);

    /// <returns>What makes the history of the rows, or null; and whether the listener has joined an account.</returns>
    private async Task<(Func<SessionHistory>? ToHistory, bool HasJoined)> ReadSessionAsync(DbDataReader reader, SessionRows rows, CancellationToken cancellationToken)
    {
        Func<SessionHistory>? toHistory = null;
        var hasJoined = false;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            switch ((SessionPart)reader.GetInt32(0))
            {
                case SessionPart.Session:
                    var (openedAt, ended) = (StoredRows.Time(reader.GetInt64(1)), reader.GetInt32(2) != 0);
                    var (genomeGrant, release) = (StoredRows.NumberOrNull(reader, 6), reader.GetString(7));
                    rows.AddEnd(StoredRows.TimeOrNull(reader, 11), StoredRows.NumberOrNull(reader, 8), StoredRows.NumberOrNull(reader, 9), (int?)StoredRows.NumberOrNull(reader, 10));
                    toHistory = () => rows.ToHistory(release, openedAt, ended, genomeGrant);
                    break;
                case SessionPart.Batch when toHistory is not null:
                    rows.Add(reader.GetInt64(1), reader.GetFieldValue<byte[]>(4), _dialect.ReadId(reader, 3), StoredRows.NumberOrNull(reader, 6), reader.GetInt32(2));
                    rows.AddReport(StoredRows.NumberOrNull(reader, 6), StoredRows.TextOrNull(reader, 7));
                    break;
                case SessionPart.Block when toHistory is not null:
                    rows.Add(ReadBlock(reader, 1), reader.GetInt64(8));
                    break;
                case SessionPart.Alias:
                    hasJoined = true;
                    break;
            }
        }

        return (toHistory, hasJoined);
    }

    private LoggedBlock ReadBlock(DbDataReader reader, int column) => new(
        reader.GetInt64(column),
        (BlockKind)reader.GetInt32(column + 1),
        _dialect.ReadId(reader, column + 2),
        ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(reader.GetFieldValue<byte[]>(column + 3))),
        StoredRows.BytesOrNull(reader, column + 4) is { } returned ? ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(returned)) : []);
}
