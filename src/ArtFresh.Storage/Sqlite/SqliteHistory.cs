using System.Runtime.InteropServices;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>What the ledger holds of one session or listener, read.</summary>
public sealed class SqliteHistory(SqliteDatabase database) : ISessionHistory, IListenerHistory
{
    /// <inheritdoc/>
    public Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadSession(connection, listenerId, SqliteIds.ToBlob(sessionId)), cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> FindGrantedListenerAsync(long genomeGrant, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select listener_id from session where genome_grant = $grant", row => row.GetString(0), cancellationToken, ("$grant", genomeGrant))).SingleOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedBlock>> ReadBlocksAsync(string listenerId, long afterBlockNumber, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<LoggedBlock>>(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    """
                    select block_number, kind, session_id, artwork_ids, returned_ids from listener_block
                    where listener_id = $listener and block_number > $after order by block_number
                    """;
                command.Parameters.AddWithValue("$listener", listenerId);
                command.Parameters.AddWithValue("$after", afterBlockNumber);
                return ReadBlocks(command);
            },
            cancellationToken);

    private static SessionHistory? ReadSession(SqliteConnection connection, string listenerId, byte[] sessionId)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "select release, opened_at, ended_at, genome_grant from session where session_id = $session and listener_id = $listener";
        command.Parameters.AddWithValue("$session", sessionId);
        command.Parameters.AddWithValue("$listener", listenerId);
        string release;
        DateTimeOffset openedAt;
        bool ended;
        long? genomeGrant;
        using (var reader = command.ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            release = reader.GetString(0);
            openedAt = StoredRows.Time(reader.GetInt64(1));
            ended = !reader.IsDBNull(2);
            genomeGrant = reader.IsDBNull(3) ? null : reader.GetInt64(3);
        }

        var rows = new SessionRows(SqliteIds.ToGuid(sessionId));
        command.CommandText = "select batch_number, impressions, batch_id, account from impression_batch where session_id = $session order by batch_number";
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(
                    reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), SqliteIds.ToGuid(reader.GetFieldValue<byte[]>(2)), reader.IsDBNull(3) ? null : reader.GetInt64(3));
            }
        }

        // The session's blocks, and the claims by which other sessions of the listener took over some of it.
        command.CommandText =
            """
            select block_number, kind, session_id, artwork_ids, returned_ids from listener_block where session_id = $session
            union all
            select block_number, kind, session_id, artwork_ids, returned_ids from listener_block
            where listener_id = $listener and kind = 1 and session_id <> $session
            order by 1
            """;
        ReadBlocks(command).ForEach(rows.Add);
        return rows.ToHistory(release, openedAt, ended, genomeGrant);
    }

    private static List<LoggedBlock> ReadBlocks(SqliteCommand command)
    {
        var blocks = new List<LoggedBlock>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            blocks.Add(new LoggedBlock(
                reader.GetInt64(0),
                (BlockKind)reader.GetInt32(1),
                SqliteIds.ToGuid(reader.GetFieldValue<byte[]>(2)),
                ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(reader.GetFieldValue<byte[]>(3))),
                reader.IsDBNull(4) ? [] : ImmutableCollectionsMarshal.AsImmutableArray(PackedIds.Unpack(reader.GetFieldValue<byte[]>(4)))));
        }

        return blocks;
    }
}
