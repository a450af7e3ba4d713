using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>session</c>, written.</summary>
internal sealed class SqliteSessions(SqliteConnection connection) : IDisposable
{
    private readonly Statement _open = new(
        connection,
        $"""
        insert into session (session_id, listener_id, release, opened_at, reopened_at, genome_grant, checksum)
        select $session, $listener, $release, $now, $again, g.number, $checksum + g.number
        from (
          select max((select coalesce(max(genome_grant), 0) from session), (select genome_grant from genome_grant_gone), {SqlEpochs.LastSkipped(LedgerEpoch.GrantBits)}) + 1 as number) as g
        where not exists (select 1 from listener_alias where guest = $listener)
        on conflict (session_id) do nothing
        """,
        "$session", "$listener", "$release", "$now", "$again", "$checksum");

    private readonly Statement _end = new(
        connection,
        "update session set ended_at = $now, last_number = $last, end_missing = $missing, end_checksum = $checksum, end_unshown = $unshown where session_id = $session and (ended_at is null or (ended_at = $now and coalesce(last_number, -1) < $last))",
        "$now", "$last", "$missing", "$checksum", "$unshown", "$session");

    private readonly Statement _findUnshown = new(connection, "select end_unshown from session where session_id = $session", "$session");

    private readonly Statement _correct = new(connection, "update session set end_unshown = $unshown where session_id = $session", "$unshown", "$session");

    private readonly Statement _count = new(
        connection,
        """
        insert into session_art (release, hour, writer_number, set_aside, given_back, unserved)
        select release, opened_at - opened_at % 3600000, $writer, $set_aside, $given_back, $unserved from session where session_id = $session
        on conflict do update set set_aside = set_aside + excluded.set_aside, given_back = given_back + excluded.given_back, unserved = unserved + excluded.unserved
        """,
        "$session", "$writer", "$set_aside", "$given_back", "$unserved");

    /// <returns>True: a session that is there stays as it is, and none is opened for a listener who has joined an account.</returns>
    public bool Open(SqliteTransaction transaction, SessionOpened opened)
    {
        _open.Run(transaction, SqliteIds.ToBlob(opened.SessionId), opened.ListenerId, opened.Release, opened.OpenedAt.ToUnixTimeMilliseconds(), opened.ReopenedAt?.ToUnixTimeMilliseconds(), SealedRows.Of(opened));
        return true;
    }

    /// <returns>True: an end that is there stays as it is, unless it is this one with a smaller last number.</returns>
    public bool End(SqliteTransaction transaction, SessionEnded ended, long writerNumber)
    {
        var before = _findUnshown.Read(transaction, SqliteIds.ToBlob(ended.SessionId)) as long? ?? 0;
        var isWritten = _end.Run(
            transaction, ended.EndedAt.ToUnixTimeMilliseconds(), ended.LastNumber, ended.MissingChange == 0 ? null : ended.MissingChange, SealedRows.Of(ended), ended.LastNumber is null ? null : ended.Unshown, SqliteIds.ToBlob(ended.SessionId)) > 0;
        if (isWritten && ended.Unshown != before)
        {
            _count.Run(transaction, SqliteIds.ToBlob(ended.SessionId), writerNumber, 0, 0, ended.Unshown - before);
        }

        return true;
    }

    /// <summary>Takes what is reported after a session's end from what the end counts as never shown.</summary>
    /// <returns>True: an end that says nothing of it stays as it is.</returns>
    public bool Correct(SqliteTransaction transaction, Guid sessionId, int change, long writerNumber)
    {
        if (change != 0 && _findUnshown.Read(transaction, SqliteIds.ToBlob(sessionId)) is long before)
        {
            var after = Math.Max(0, before + change);
            _correct.Run(transaction, after, SqliteIds.ToBlob(sessionId));
            _count.Run(transaction, SqliteIds.ToBlob(sessionId), writerNumber, 0, 0, after - before);
        }

        return true;
    }

    /// <summary>Counts what the session was given to show, and what became of it.</summary>
    /// <returns>True: a session that is gone has no release to count for.</returns>
    public bool Count(SqliteTransaction transaction, Guid sessionId, long writerNumber, int setAside = 0, int givenBack = 0, int unserved = 0)
    {
        if (setAside + givenBack + unserved > 0)
        {
            _count.Run(transaction, SqliteIds.ToBlob(sessionId), writerNumber, setAside, givenBack, unserved);
        }

        return true;
    }

    public void Dispose()
    {
        _open.Dispose();
        _end.Dispose();
        _findUnshown.Dispose();
        _correct.Dispose();
        _count.Dispose();
    }
}
