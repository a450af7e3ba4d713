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
        insert into session (session_id, listener_id, release, opened_at, reopened_at, genome_grant)
        select $session, $listener, $release, $now, $again, max((select coalesce(max(genome_grant), 0) from session), {SqlEpochs.LastSkipped(LedgerEpoch.GrantBits)}) + 1
        where not exists (select 1 from listener_alias where guest = $listener)
        on conflict do nothing
        """,
        "$session", "$listener", "$release", "$now", "$again");

    private readonly Statement _end = new(
        connection,
        "update session set ended_at = $now where session_id = $session and ended_at is null",
        "$now", "$session");

    /// <returns>True: a session that is there stays as it is, and none is opened for a listener who has joined an account.</returns>
    public bool Open(SqliteTransaction transaction, SessionOpened opened)
    {
        _open.Run(transaction, SqliteIds.ToBlob(opened.SessionId), opened.ListenerId, opened.Release, opened.OpenedAt.ToUnixTimeMilliseconds(), opened.ReopenedAt?.ToUnixTimeMilliseconds());
        return true;
    }

    /// <returns>True: an end that is there stays as it is.</returns>
    public bool End(SqliteTransaction transaction, SessionEnded ended)
    {
        _end.Run(transaction, ended.EndedAt.ToUnixTimeMilliseconds(), SqliteIds.ToBlob(ended.SessionId));
        return true;
    }

    public void Dispose()
    {
        _open.Dispose();
        _end.Dispose();
    }
}
