namespace ArtFresh.Storage.Sql;

/// <summary>What must not be found: each query gives the rows that contradict another.</summary>
internal static class NotesQueries
{
    /// <summary>Of an embedded database, which has its grants of seeds and the mark of its file in tables.</summary>
    public static readonly (string What, string Sql)[] OfEmbedded =
    [
        ("a grant of seeds is of a session that is gone, and none is", $"""
            select genome_grant from genome_grant_gone where genome_grant < 0 or (genome_grant > 0 and not exists (select 1 from erasure) and not exists (select 1 from dropped_month) and {NoRetention})
            """),
        ("sessions are gone, and no grant of seeds is gone with them", """
            select 'genome_grant_gone' where coalesce((select max(genome_grant) from genome_grant_gone), 0) = 0 and exists (select 1 from erased_batch where chain is not null)
            """),
        ("the numbers of held pictures begin again", """
            select max(held_id) from held_picture having max(held_id) > coalesce((select max(seq) from sqlite_sequence where name = 'held_picture'), 0)
            """),
        ("the file has no mark, or another one", "select 'side_mark' where (select count(*) from side_mark) <> 1 or exists (select 1 from side_mark where mark < 0 or commits < 0)"),
    ];

    /// <summary>The erasure of a listener who has not come back leaves no row.</summary>
    private const string NoRetention = "not exists (select 1 from retention_turn where next_at > 0)";

    /// <summary>Of tables that grow with listeners and art.</summary>
    public static readonly (string What, string Sql)[] Large =
    [
        ("a row has no checksum, and every writer of its time writes them", $"""
            select 'session of ' || listener_id from session where checksum is null and {NoOlder("opened_at")}
            union all select 'end of a session of ' || listener_id from session where ended_at is not null and end_checksum is null and {NoOlder("ended_at")}
            union all select 'guest ' || guest from listener_alias where checksum is null and {NoOlder("joined_at")}
            union all select 'kept artwork of ' || listener_id from kept_artwork where checksum is null and {NoOlder("kept_at")}
            union all select 'artwork ' || cast(artwork_id as text) from artwork where checksum is null and picture_hash is null and {NoOlder("created_at")}
            union all select 'audit ' || cast(audit_id as text) || ', ' || what from operator_audit where checksum is null and what not in ('strike-claims', 'lift-strike') and {NoOlder("at")}
            """),
        ("more rows are erased than erasures say", $"""
            select erased from (
              select (select count(*) from erased_batch where first_position is null) + (select count(*) from erased_block where first_position is null and position > 0) as erased) as e
            where erased > (select coalesce(sum(row_count), 0) from erasure) and {NoRetention}
            """),
        ("a kept artwork does not exist", "select artwork_id from kept_artwork k where not exists (select 1 from artwork a where a.artwork_id = k.artwork_id)"),
        ("an erased batch is there", "select e.position from erased_batch e join impression_batch b on b.writer_number = e.writer_number and b.position = e.position"),
        ("an erased block is there", "select e.position from erased_block e join listener_block b on b.writer_number = e.writer_number and b.position between coalesce(e.first_position, e.position) and e.position"),
        ("an end of a session is told in part", "select release from session where ended_at is null and (last_number is not null or end_missing is not null or end_checksum is not null)"),
        // Only an end gives back what an answer had; a release without checksums gives back the rest of a block so, too.
        ("a session gave back what its client never showed, and its end is gone", $"""
            select b.listener_id || ', block ' || cast(b.block_number as text) from listener_block b join session s on s.session_id = b.session_id
            where b.kind = 2 and s.ended_at is null and s.reopened_at is null and {NoOlder("b.logged_at")}
            """),
        ("a backfilled view is of no run or of no artwork", """
            select artwork_id from backfill_view v where not exists (select 1 from backfill_run r where r.run_number = v.run_number)
              or not exists (select 1 from artwork a where a.artwork_id = v.artwork_id)
            """),
        ("an hour or a minute does not begin with itself", """
            select release from release_counter where hour % 3600000 <> 0
            union all select release from release_minute where minute % 60000 <> 0
            union all select release from release_network where minute % 60000 <> 0
            """),
    ];

    /// <summary>Of the others, which are quick to read.</summary>
    public static readonly (string What, string Sql)[] Small =
    [
        ("a writer started in an epoch that is gone", "select writer_number from ledger_writer w where epoch is not null and not exists (select 1 from ledger_epoch e where e.epoch = w.epoch)"),
        ("a writer with checksums reads no snapshots", "select writer_number from ledger_writer where chain is not null and epoch is not null and coalesce(reads_snapshots, 0) <> 1"),
        ("a script of the schema is missing", "select v.version from schema_version v where v.version > 1 and not exists (select 1 from schema_version b where b.version = v.version - 1)"),
        ("a checkpoint is of no writer", "select writer_number from tally_checkpoint c where position < 0 or not exists (select 1 from ledger_writer w where w.writer_number = c.writer_number)"),
        ("a writer counts art and is not in the ledger", "select writer_number from session_art a where writer_number <> 0 and not exists (select 1 from ledger_writer w where w.writer_number = a.writer_number)"),
        ("a count of art is negative, or of no hour", "select release from session_art where set_aside < 0 or given_back < 0 or hour % 3600000 <> 0"),
        ("a withdrawn artwork does not exist", "select artwork_id from withdrawal w where not exists (select 1 from artwork a where a.artwork_id = w.artwork_id)"),
        ("a strike is of no network and day, or nobody is noted to have struck", """
            select listener_id from claim_strike c where network < 0 or network > 1024 or day < 0 or (network = 0) <> (day = 0)
              or not exists (select 1 from operator_audit a where a.at = c.struck_at and a.what like '%strike%')
            """),
        // An act strikes one listener, or one network and day.
        ("more is struck than an act can have struck", """
            select 'audit ' || cast(min(a.audit_id) as text) from (
              select distinct struck_at, case network when 0 then listener_id else '' end as listener, network, day from claim_strike) s
            join operator_audit a on a.at = s.struck_at and a.what = 'strike-claims'
            group by s.struck_at having count(distinct s.listener || ' ' || cast(s.network as text) || ' ' || cast(s.day as text)) > count(distinct a.audit_id)
            """),
        ("a message about a release is out of order", "select notice from release_notice where tries < 0 or ended_at < at or substr(news, 1, 1) <> '{'"),
        ("the key of erasures is not one of 32 bytes", "select count(*) from erasure_key having count(*) <> 1 or min(length(secret)) <> 32 or max(length(secret)) <> 32"),
        // A feed that was sending while the ledger went back has noted a place that is gone.
        ("the feed has sent more than its writer has written", """
            select writer_number from feed_checkpoint c where position < 0 or ((select count(*) from ledger_epoch) < 2
              and not exists (select 1 from ledger_writer w where w.writer_number = c.writer_number and (w.position is null or w.position >= c.position)))
            """),
        ("servers take turns by one row, and there is none, or another one", """
            select 'retention_turn' where (select count(*) from retention_turn) <> 1
            union all select 'feed_turn' where (select count(*) from feed_turn) <> 1
            union all select 'withdrawal_turn' where (select count(*) from withdrawal_turn) <> 1
            """),
        ("a collection's time ends before it begins", "select collection from collection_shelf where until_at <= from_at or held not in (0, 1)"),
        ("an artwork looks like one that does not exist, came later, or is no picture", """
            select artwork_id from alike_artwork p where earlier_id >= artwork_id
              or not exists (select 1 from artwork a where a.artwork_id = p.artwork_id and a.genome is null) or not exists (select 1 from artwork a where a.artwork_id = p.earlier_id and a.genome is null)
            """),
        ("a withdrawal is neither there nor undone", "select artwork_id from withdrawal w where withdrawn not in (0, 1)"),
        ("a policy was set by nobody, or to something else", """
            select release from release_policy p
            where not exists (select 1 from operator_audit a where a.at = p.changed_at and a.release = p.release and a.what = 'switch-delivery' and a.detail like p.delivery || ':%')
            """),
        ("a policy is in the audit alone", """
            select release from operator_audit a where what = 'switch-delivery' and not exists (select 1 from release_policy p where p.release = a.release and p.changed_at = a.at)
              and not exists (select 1 from operator_audit b where b.what = a.what and b.release = a.release and b.audit_id > a.audit_id)
            """),
        ("a release is known by nobody's word", "select release from release_known k where not exists (select 1 from operator_audit a where a.at = k.known_at and a.release = k.release)"),
        // What networks have made known by their number may be forgotten again.
        ("a release that an operator made known is in the audit alone", """
            select release from operator_audit a where what = 'know-release' and actor <> 'watch'
              and not exists (select 1 from release_known k where k.release = a.release and k.used_at is null)
            """),
        ("a failure of a release is out of order, is over before it began, or is not what the audit says", """
            select release from release_failure f where recovered_at < failed_at or substr(evidence, 1, 1) <> '['
              or (episode > 1 and not exists (select 1 from release_failure b where b.release = f.release and b.episode = f.episode - 1))
              or not exists (select 1 from operator_audit a where a.at = f.failed_at and a.release = f.release and a.what = 'fail')
              or (recovered_at is not null and not exists (select 1 from operator_audit a where a.at = f.recovered_at and a.release = f.release and a.what = 'recover'))
            """),
        ("a failure of a release is in the audit alone", """
            select release from operator_audit a where what = 'fail' and not exists (select 1 from release_failure f where f.release = a.release and f.failed_at = a.at)
            """),
        ("an erasure is done and still names its listener, or is done before it was asked for", """
            select erasure_id from erasure where row_count < 0 or length(proof) <> 32 or done_at < asked_at or (done_at is not null and listener_id is not null) or is_lapse not in (0, 1)
            """),
        ("a block to end does not exist, or ends nothing", """
            select e.listener_id from block_ending e where not exists (select 1 from listener_block b where b.listener_id = e.listener_id and b.block_number >= e.block_number)
              or exists (select 1 from listener_block b where b.listener_id = e.listener_id and b.block_number = e.block_number and b.kind not in (3, 6, 7))
            """),
        ("a run of backfill is out of order, or its undoing is not what the audit says", """
            select run_number from backfill_run r where run_number > (select count(*) from backfill_run) or (undone_at is not null and undo_at is null)
              or (undo_at is not null and not exists (select 1 from operator_audit a where a.at = r.undo_at and a.what = 'backfill-undo'))
            """),
        ("the undoing of a backfill is in the audit alone", "select detail from operator_audit a where what = 'backfill-undo' and not exists (select 1 from backfill_run r where r.undo_at = a.at)"),
        ("a key of cookies is cut off, or has another's name", """
            select key_name from data_protection_key where xml not like '<%>' or (key_name like 'key-%' and (xml not like '%</key>' or xml not like '<key id="' || substr(key_name, 5) || '"%'))
            """),
    ];

    /// <summary>That no writer of a release without checksums had started at a time.</summary>
    private static string NoOlder(string time) =>
        $"exists (select 1 from ledger_writer) and not exists (select 1 from ledger_writer w where w.chain is null and w.started_at <= {time})";
}
