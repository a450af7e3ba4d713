using System.Data;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.ListenerSession;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>What the ledger holds of one session or listener, read.</summary>
public sealed class PostgresHistory(PostgresDatabase database) : ISessionHistory, IListenerHistory
{
    private const string BlockColumns = "block_number, kind, session_id, artwork_ids, returned_ids";

    /// <inheritdoc/>
    public Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                // One snapshot for all three, or a batch committed in between would be seen without its session's claims.
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                await using var batch = new NpgsqlBatch(connection, transaction)
                {
                    BatchCommands =
                    {
                        PostgresCommands.Of("select release, opened_at, ended_at, genome_grant from session where session_id = $1 and listener_id = $2", sessionId, listenerId),
                        PostgresCommands.Of(
                            $"""
                            select {BlockColumns} from listener_block where session_id = $1
                            union all
                            select {BlockColumns} from listener_block where listener_id = $2 and kind = 1 and session_id <> $1
                            order by 1
                            """,
                            sessionId, listenerId),
                        PostgresCommands.Of("select batch_number, impressions, batch_id, account from impression_batch where session_id = $1 order by batch_number", sessionId),
                    },
                };
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
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
            ReadBlock, cancellationToken, listenerId, afterBlockNumber);

    private static async Task<SessionHistory?> ReadSessionAsync(NpgsqlDataReader reader, Guid sessionId, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var (release, openedAt, ended, genomeGrant) =
            (reader.GetString(0), StoredRows.Time(reader.GetInt64(1)), !reader.IsDBNull(2), reader.IsDBNull(3) ? (long?)null : reader.GetInt64(3));
        var rows = new SessionRows(sessionId);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(ReadBlock(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));
        }

        return rows.ToHistory(release, openedAt, ended, genomeGrant);
    }

    private static LoggedBlock ReadBlock(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        (BlockKind)reader.GetInt32(1),
        reader.GetGuid(2),
        [.. PackedIds.Unpack(reader.GetFieldValue<byte[]>(3))],
        reader.IsDBNull(4) ? [] : [.. PackedIds.Unpack(reader.GetFieldValue<byte[]>(4))]);
}
