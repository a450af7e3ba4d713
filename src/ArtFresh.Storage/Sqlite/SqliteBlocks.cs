using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>listener_block</c>, written.</summary>
internal sealed class SqliteBlocks(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        """
        insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, returned_ids, logged_at, writer_number, position, chain)
        values ($listener, $number, $kind, $session, $artworks, $returned, $now, $writer, $position, $chain)
        on conflict (listener_id, block_number) do nothing
        """,
        "$listener", "$number", "$kind", "$session", "$artworks", "$returned", "$now", "$writer", "$position", "$chain");

    private readonly Statement _end = new(
        connection,
        """
        insert into block_ending (listener_id, block_number)
        select $listener, $number where exists (
          select 1 from listener_block b join session s on s.session_id = b.session_id
          where b.listener_id = $listener and b.kind = 0 and b.logged_at >= $since and s.ended_at is null)
        on conflict (listener_id) do update set block_number = max(block_number, excluded.block_number)
        """,
        "$listener", "$number", "$since");

    private readonly Statement _countHour = CountOf(connection, "release_counter", "hour");

    private readonly Statement _countMinute = CountOf(connection, "release_minute", "minute");

    /// <returns>False when the listener has a block of that number.</returns>
    public bool Insert(SqliteTransaction transaction, BlockLogged block, ref WriterHead head)
    {
        var (artworkIds, returnedIds) = (PackedIds.Pack(block.ArtworkIds.AsSpan()), block.ReturnedIds.IsEmpty ? null : PackedIds.Pack(block.ReturnedIds.AsSpan()));
        var next = head.After(block, artworkIds, returnedIds);
        var isNew = _insert.Run(
            transaction,
            block.ListenerId,
            block.BlockNumber,
            (int)block.Kind,
            SqliteIds.ToBlob(block.SessionId),
            artworkIds,
            returnedIds,
            block.LoggedAt.ToUnixTimeMilliseconds(),
            next.WriterNumber,
            next.BlockPosition,
            next.BlockChain) > 0;
        head = isNew ? next : head;
        if (isNew && block.ServedTwice > 0)
        {
            Count(transaction, new ServedTwiceFound(block.SessionId, block.LoggedAt, block.ServedTwice));
        }

        return isNew;
    }

    /// <summary>Asks silos to end the blocks that the listener's sessions serve from: a row was written from outside.</summary>
    public void EndServed(SqliteTransaction transaction, BlockLogged block) =>
        _end.Run(transaction, block.ListenerId, block.BlockNumber, BlockEnding.ServedSince(block.LoggedAt).ToUnixTimeMilliseconds());

    /// <returns>True: a session that is gone has no release to count for.</returns>
    public bool Count(SqliteTransaction transaction, ServedTwiceFound found)
    {
        foreach (var (count, span) in new[] { (_countHour, TimeSpan.FromHours(1)), (_countMinute, TimeSpan.FromMinutes(1)) })
        {
            count.Run(
                transaction, SqliteIds.ToBlob(found.SessionId), CounterAdded.StartOf(found.At, span).ToUnixTimeMilliseconds(), ReleaseCounters.ServedTwice, found.Artworks);
        }

        return true;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _end.Dispose();
        _countHour.Dispose();
        _countMinute.Dispose();
    }

    private static Statement CountOf(SqliteConnection connection, string table, string time) => new(
        connection,
        $"""
        insert into {table} (release, {time}, counter, amount) select release, $at, $counter, $amount from session where session_id = $session
        on conflict do update set amount = amount + excluded.amount
        """,
        "$session", "$at", "$counter", "$amount");
}
