using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>session</c>, written.</summary>
internal static class PostgresSessions
{
    private const string AddUp =
        """
        on conflict (release, hour, writer_number) do update set set_aside = session_art.set_aside + excluded.set_aside,
          given_back = session_art.given_back + excluded.given_back, unserved = session_art.unserved + excluded.unserved
        """;

    /// <summary>Opens no session of a listener who has joined an account.</summary>
    public static void Open(NpgsqlBatch batch, List<SessionOpened> opened)
    {
        if (opened.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into session (session_id, listener_id, release, opened_at, reopened_at, genome_grant, checksum)
            select session_id, listener_id, release, opened_at, reopened_at, number, checksum + number from (
              select s.*, nextval('genome_grant') as number
              from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) as s (session_id, listener_id, release, opened_at, reopened_at, checksum)
              where not exists (select from listener_alias a where a.guest = s.listener_id)) as granted
            on conflict (session_id) do nothing
            """)
        {
            Parameters =
            {
                Column.Of(opened, entry => entry.SessionId),
                Column.Of(opened, entry => entry.ListenerId),
                Column.Of(opened, entry => entry.Release),
                Column.Of(opened, entry => entry.OpenedAt.ToUnixTimeMilliseconds()),
                Column.Of(opened, entry => entry.ReopenedAt?.ToUnixTimeMilliseconds()),
                Column.Of(opened, SealedRows.Of),
            },
        });
    }

    /// <summary>Counts what sessions were given to show, and what became of it.</summary>
    public static void Count(NpgsqlBatch batch, List<BlockLogged> blocks, long writerNumber)
    {
        var counted = blocks.FindAll(block => block.SetAside + block.ReturnedIds.Length > 0);
        if (counted.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into session_art (release, hour, writer_number, set_aside, given_back, unserved)
            select s.release, s.opened_at - s.opened_at % 3600000, $4, sum(c.set_aside), sum(c.given_back), 0
            from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as c (session_id, set_aside, given_back) join session s using (session_id)
            group by 1, 2 order by 1, 2
            {AddUp}
            """)
        {
            Parameters =
            {
                Column.Of(counted, block => block.SessionId),
                Column.Of(counted, block => (long)block.SetAside),
                Column.Of(counted, block => (long)block.ReturnedIds.Length),
                new NpgsqlParameter<long> { TypedValue = writerNumber },
            },
        });
    }

    public static void End(NpgsqlBatch batch, List<SessionEnded> ended, long writerNumber)
    {
        if (ended.Count == 0)
        {
            return;
        }

        ended.Sort((one, other) => one.SessionId.CompareTo(other.SessionId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            with ended as (
              update session s set ended_at = e.ended_at, last_number = e.last_number, end_missing = nullif(e.missing, 0), end_checksum = e.checksum,
                end_unshown = case when e.last_number is not null then e.unshown end
              from (
                select e.*, coalesce(o.end_unshown, 0) as before
                from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $7::bigint[]) as e (session_id, ended_at, last_number, missing, unshown, checksum)
                join session o on o.session_id = e.session_id order by o.session_id for update of o) as e
              where s.session_id = e.session_id and (s.ended_at is null or (s.ended_at = e.ended_at and coalesce(s.last_number, -1) < e.last_number))
              returning s.release, s.opened_at, e.unshown - e.before as change)
            insert into session_art (release, hour, writer_number, set_aside, given_back, unserved)
            select release, opened_at - opened_at % 3600000, $6, 0, 0, sum(change) from ended where change <> 0 group by 1, 2 order by 1, 2
            {AddUp}
            """)
        {
            Parameters =
            {
                Column.Of(ended, entry => entry.SessionId),
                Column.Of(ended, entry => entry.EndedAt.ToUnixTimeMilliseconds()),
                Column.Of(ended, entry => entry.LastNumber),
                Column.Of(ended, entry => entry.MissingChange),
                Column.Of(ended, entry => (long)entry.Unshown),
                new NpgsqlParameter<long> { TypedValue = writerNumber },
                Column.Of(ended, SealedRows.Of),
            },
        });
    }

    /// <summary>Takes what is reported after a session's end from what the end counts as never shown.</summary>
    public static void Correct(NpgsqlBatch batch, List<EndCorrected> corrected, long writerNumber)
    {
        if (corrected.Count == 0)
        {
            return;
        }

        var changes = corrected.GroupBy(entry => entry.SessionId).OrderBy(session => session.Key).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            with ended as (
              select s.session_id, s.end_unshown as before, greatest(0, s.end_unshown + c.change) as after
              from session s join unnest($1::uuid[], $2::bigint[]) as c (session_id, change) using (session_id) where s.end_unshown is not null order by 1 for update of s),
            corrected as (
              update session s set end_unshown = e.after from ended e where s.session_id = e.session_id
              returning s.release, s.opened_at, e.after - e.before as change)
            insert into session_art (release, hour, writer_number, set_aside, given_back, unserved)
            select release, opened_at - opened_at % 3600000, $3, 0, 0, sum(change) from corrected group by 1, 2 order by 1, 2
            {AddUp}
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(changes, session => session.Key) },
                new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(changes, session => session.Sum(entry => (long)entry.UnshownChange)) },
                new NpgsqlParameter<long> { TypedValue = writerNumber },
            },
        });
    }
}
