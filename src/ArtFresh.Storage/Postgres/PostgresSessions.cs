using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>session</c>, written.</summary>
internal static class PostgresSessions
{
    /// <summary>Opens no session of a listener who has joined an account.</summary>
    public static void Open(NpgsqlBatch batch, List<SessionOpened> opened)
    {
        if (opened.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into session (session_id, listener_id, release, opened_at, reopened_at, genome_grant)
            select *, nextval('genome_grant') from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
              as s (session_id, listener_id, release, opened_at, reopened_at)
            where not exists (select from listener_alias a where a.guest = s.listener_id) on conflict do nothing
            """)
        {
            Parameters =
            {
                Column.Of(opened, entry => entry.SessionId),
                Column.Of(opened, entry => entry.ListenerId),
                Column.Of(opened, entry => entry.Release),
                Column.Of(opened, entry => entry.OpenedAt.ToUnixTimeMilliseconds()),
                Column.Of(opened, entry => entry.ReopenedAt?.ToUnixTimeMilliseconds()),
            },
        });
    }

    public static void End(NpgsqlBatch batch, List<SessionEnded> ended)
    {
        if (ended.Count == 0)
        {
            return;
        }

        ended.Sort((one, other) => one.SessionId.CompareTo(other.SessionId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update session s set ended_at = e.ended_at from unnest($1::uuid[], $2::bigint[]) as e (session_id, ended_at)
            where s.session_id = e.session_id and s.ended_at is null
            """)
        {
            Parameters = { Column.Of(ended, entry => entry.SessionId), Column.Of(ended, entry => entry.EndedAt.ToUnixTimeMilliseconds()) },
        });
    }
}
