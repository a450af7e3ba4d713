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
    }

    private const string BlockColumns = "block_number, kind, session_id, artwork_ids, returned_ids";

    /// <summary>
    /// The session's row, its batches, its blocks, and the claims by which other sessions of the listener took over some of its artworks, which follow its first
    /// block. One statement reads a consistent snapshot; otherwise a batch committed in between could be read without its session's claims.
    /// </summary>
    private const string SessionSql =
        $"""
        select 0, opened_at, cast(ended_at is not null as integer), session_id, cast(null as bytea), cast(null as bytea), genome_grant, release, cast(null as bigint)
        from session where session_id = $1 and listener_id = $2
        union all
        select 1, batch_number, cast(missing_change as integer), batch_id, impressions, null, account, report, null from impression_batch where session_id = $1
        union all
        select 2, {BlockColumns}, null, null, logged_at from listener_block where session_id = $1
        union all
        select 2, {BlockColumns}, null, null, logged_at from listener_block where listener_id = $2 and kind = 1 and session_id <> $1
          and block_number > (select min(block_number) from listener_block where session_id = $1)
        order by 1, 2
        """;

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var command = _dialect.CommandOf(connection, SessionSql, sessionId, listenerId);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await ReadSessionAsync(reader, sessionId, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select listener_id from session where genome_grant = $1", row => row.GetString(0), cancellationToken, genomeGrant)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {BlockColumns} from listener_block where listener_id = $1 and block_number > $2 order by block_number",
        reader => ReadBlock(reader, 0), cancellationToken, listenerId, afterBlockNumber);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksBackAsync(string listenerId, long beforeBlockNumber, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {BlockColumns} from listener_block where listener_id = $1 and block_number < $2 order by block_number desc limit $3",
        reader => ReadBlock(reader, 0), cancellationToken, listenerId, beforeBlockNumber, (long)count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockRow>> ReadBlockRowsAsync(string listenerId, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {LedgerMoment.BlockColumns} from listener_block where listener_id = $1 order by block_number",
        row => LedgerMoment.ReadBlock(_dialect, row), cancellationToken, listenerId);

    private async Task<SessionHistory?> ReadSessionAsync(DbDataReader reader, Guid sessionId, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false) || (SessionPart)reader.GetInt32(0) != SessionPart.Session)
        {
            return null;
        }

        var (openedAt, ended) = (StoredRows.Time(reader.GetInt64(1)), reader.GetInt32(2) != 0);
        var (genomeGrant, release) = (StoredRows.NumberOrNull(reader, 6), reader.GetString(7));
        var rows = new SessionRows(sessionId);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if ((SessionPart)reader.GetInt32(0) == SessionPart.Batch)
            {
                rows.Add(reader.GetInt64(1), reader.GetFieldValue<byte[]>(4), _dialect.ReadId(reader, 3), StoredRows.NumberOrNull(reader, 6), reader.GetInt32(2));
                rows.AddReport(StoredRows.NumberOrNull(reader, 6), reader.IsDBNull(7) ? null : reader.GetString(7));
            }
            else
            {
                rows.Add(ReadBlock(reader, 1), reader.GetInt64(8));
            }
        }

        return rows.ToHistory(release, openedAt, ended, genomeGrant);
    }

    private LoggedBlock ReadBlock(DbDataReader reader, int column) => new(
        reader.GetInt64(column),
        (BlockKind)reader.GetInt32(column + 1),
        _dialect.ReadId(reader, column + 2),
        ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(reader.GetFieldValue<byte[]>(column + 3))),
        StoredRows.BytesOrNull(reader, column + 4) is { } returned ? ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(returned)) : []);
}
