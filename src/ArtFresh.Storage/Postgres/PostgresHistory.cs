using System.Runtime.InteropServices;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>What the ledger holds of one session or listener, read.</summary>
public sealed class PostgresHistory(PostgresDatabase database) : ISessionHistory, IListenerHistory
{
    /// <summary>What a row of <see cref="SessionSql"/> is of, in its first column.</summary>
    private enum SessionPart
    {
        Session = 0,
        Batch = 1,
        Block = 2,
    }

    private const string BlockColumns = "block_number, kind, session_id, artwork_ids, returned_ids";

    /// <summary>
    /// The session's row, its batches and its blocks, and the claims by which other sessions of the listener took over some of it. One statement, which sees one moment:
    /// else a batch committed in between would be seen without its session's claims.
    /// </summary>
    private const string SessionSql =
        $"""
        select 0, opened_at, (ended_at is not null)::integer, session_id, null::bytea, null::bytea, genome_grant, release
        from session where session_id = $1 and listener_id = $2
        union all
        select 1, batch_number, null, batch_id, impressions, null, account, null from impression_batch where session_id = $1
        union all
        select 2, {BlockColumns}, null, null from listener_block where session_id = $1
        union all
        select 2, {BlockColumns}, null, null from listener_block where listener_id = $2 and kind = 1 and session_id <> $1
        order by 1, 2
        """;

    /// <inheritdoc/>
    public Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                await using var command = PostgresCommands.Of(connection, SessionSql, sessionId, listenerId);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await ReadSessionAsync(reader, sessionId, cancellationToken);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select listener_id from session where genome_grant = $1", row => row.GetString(0), cancellationToken, genomeGrant)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {BlockColumns} from listener_block where listener_id = $1 and block_number > $2 order by block_number",
            reader => ReadBlock(reader, 0), cancellationToken, listenerId, afterBlockNumber);

    private static async Task<SessionHistory?> ReadSessionAsync(NpgsqlDataReader reader, Guid sessionId, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken) || (SessionPart)reader.GetInt32(0) != SessionPart.Session)
        {
            return null;
        }

        var (openedAt, ended, genomeGrant, release) = (StoredRows.Time(reader.GetInt64(1)), reader.GetInt32(2) != 0, NumberOrNull(reader, 6), reader.GetString(7));
        var rows = new SessionRows(sessionId);
        while (await reader.ReadAsync(cancellationToken))
        {
            if ((SessionPart)reader.GetInt32(0) == SessionPart.Batch)
            {
                rows.Add(reader.GetInt64(1), reader.GetFieldValue<byte[]>(4), reader.GetGuid(3), NumberOrNull(reader, 6));
            }
            else
            {
                rows.Add(ReadBlock(reader, 1));
            }
        }

        return rows.ToHistory(release, openedAt, ended, genomeGrant);
    }

    private static long? NumberOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static LoggedBlock ReadBlock(NpgsqlDataReader reader, int column) => new(
        reader.GetInt64(column),
        (BlockKind)reader.GetInt32(column + 1),
        reader.GetGuid(column + 2),
        ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(reader.GetFieldValue<byte[]>(column + 3))),
        reader.IsDBNull(column + 4) ? [] : ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(reader.GetFieldValue<byte[]>(column + 4))));
}
