using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.ListenerSession;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>What the ledger holds of one session or listener, read.</summary>
public sealed class SqliteHistory(SqliteDatabase database) : ISessionHistory, IListenerHistory
{
    /// <inheritdoc/>
    public Task<SessionHistory?> ReadSessionAsync(string listenerId, Guid sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadSession(connection, listenerId, SqliteIds.ToBlob(sessionId)), cancellationToken);

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
        command.CommandText = "select release, ended_at from session where session_id = $session and listener_id = $listener";
        command.Parameters.AddWithValue("$session", sessionId);
        command.Parameters.AddWithValue("$listener", listenerId);
        string release;
        bool ended;
        using (var reader = command.ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            release = reader.GetString(0);
            ended = !reader.IsDBNull(1);
        }

        var owned = ReadOwned(command, sessionId);
        var seen = new ArtworkSet();
        var numbers = new NumberIntervals();
        var lastBatchNumber = ReadImpressions(command, seen, numbers);
        return new SessionHistory(release, ended, owned, seen, numbers, lastBatchNumber);
    }

    /// <summary>The session's blocks, and the claims by which other sessions of the listener took over some of it.</summary>
    private static ArtworkSet ReadOwned(SqliteCommand command, byte[] sessionId)
    {
        command.CommandText =
            """
            select block_number, kind, session_id, artwork_ids, returned_ids from listener_block where session_id = $session
            union all
            select block_number, kind, session_id, artwork_ids, returned_ids from listener_block
            where listener_id = $listener and kind = 1 and session_id <> $session
            order by 1
            """;
        var session = SqliteIds.ToGuid(sessionId);
        var owned = new ArtworkSet();
        foreach (var block in ReadBlocks(command))
        {
            if (block.SessionId == session)
            {
                owned.UnionWith(block.ArtworkIds.AsSpan());
            }

            foreach (var artworkId in block.SessionId == session ? block.ReturnedIds : block.ArtworkIds)
            {
                owned.Remove(artworkId);
            }
        }

        return owned;
    }

    private static long ReadImpressions(SqliteCommand command, ArtworkSet seen, NumberIntervals numbers)
    {
        command.CommandText = "select batch_number, impressions from impression_batch where session_id = $session order by batch_number";
        using var reader = command.ExecuteReader();
        var lastBatchNumber = 0L;
        while (reader.Read())
        {
            lastBatchNumber = reader.GetInt64(0);
            foreach (var impression in PackedImpressions.Unpack(reader.GetFieldValue<byte[]>(1)))
            {
                numbers.Add(impression.Number);
                if (impression.Outcome == ImpressionOutcome.Recorded)
                {
                    seen.Add(impression.ArtworkId);
                }
            }
        }

        return lastBatchNumber;
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
                [.. PackedIds.Unpack(reader.GetFieldValue<byte[]>(3))],
                reader.IsDBNull(4) ? [] : [.. PackedIds.Unpack(reader.GetFieldValue<byte[]>(4))]));
        }

        return blocks;
    }
}
