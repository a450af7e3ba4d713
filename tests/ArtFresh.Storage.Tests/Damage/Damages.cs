namespace ArtFresh.Storage.Tests;

/// <summary>One kind of damage done by hand.</summary>
/// <param name="Sql">Does it. Bytes are as in SQLite; <c>ids('1,2')</c> and <c>shown('number:artwork:outcome,…')</c> are packed values.</param>
/// <param name="Check">The check that must name it.</param>
public sealed record Damage(string Name, string Sql, string Check);

/// <summary>More than a hundred kinds of damage.</summary>
internal static class Damages
{
    private const string Written = "rows-as-written";
    private const string Ann1 = "session_id = x'019000000000700080000000000000a1'";
    private const string Bob1 = "session_id = x'019000000000700080000000000000b1'";
    private const string Cyn1 = "session_id = x'019000000000700080000000000000c1'";

    public static readonly Damage[] All =
    [
        // Listeners' logs.
        new("a listener's last block is deleted", "delete from listener_block where listener_id = 'cyn' and block_number = 2", Written),
        new("a listener's first block is deleted", "delete from listener_block where listener_id = 'ann' and block_number = 1", "blocks-in-order"),
        new("a block in the middle is deleted", "delete from listener_block where listener_id = 'ann' and block_number = 3", Written),
        new("a whole log is deleted", "delete from listener_block where listener_id = 'cyn'", Written),
        new("shown art is in returned_ids", "update listener_block set returned_ids = ids('1,2') where listener_id = 'ann' and block_number = 5", Written),
        new("returned art is left out", "update listener_block set returned_ids = null where listener_id = 'ann' and block_number = 3", Written),
        new("an artwork is added to a block", "update listener_block set artwork_ids = ids('30,31,32,33,34,35,36,37,38,39,59') where listener_id = 'cyn' and block_number = 1", Written),
        new("an artwork is taken from a block", "update listener_block set artwork_ids = ids('51,52,53') where listener_id = 'cyn' and block_number = 2", Written),
        new("a block's artworks are others", "update listener_block set artwork_ids = ids('57,58,59,60') where listener_id = 'cyn' and block_number = 2", Written),
        new("the kinds of two blocks are exchanged", "update listener_block set kind = case block_number when 2 then 4 else 1 end where listener_id = 'ann' and block_number in (2, 4)", Written),
        new("the sessions of two blocks are exchanged", $"update listener_block set session_id = case block_number when 1 then (select session_id from session where listener_id = 'ann' and not {Ann1}) else x'019000000000700080000000000000a1' end where listener_id = 'ann' and block_number in (1, 3)", Written),
        new("a block is of another listener's session", "update listener_block set session_id = x'019000000000700080000000000000b1' where listener_id = 'cyn' and block_number = 2", "known"),
        new("a block is of no session", "update listener_block set session_id = x'00000000000000000000000000000000' where listener_id = 'cyn' and block_number = 2", "known"),
        new("a block's time is another", "update listener_block set logged_at = logged_at + 1 where listener_id = 'bob' and block_number = 1", Written),
        new("a block is moved to another listener", "update listener_block set listener_id = 'dan' where listener_id = 'cyn' and block_number = 2", Written),
        new("a block's number is another", "update listener_block set block_number = 3 where listener_id = 'cyn' and block_number = 2", "blocks-in-order"),
        new("a block is invented", "insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at) values ('bob', 3, 0, x'019000000000700080000000000000b1', ids('58'), 1790000000000)", Written),
        new("a block is copied under the next number", "insert into listener_block select listener_id, 3, kind, session_id, artwork_ids, returned_ids, logged_at, writer_number, position, chain from listener_block where listener_id = 'cyn' and block_number = 2", "served-once"),
        new("two blocks exchange their writers' places", "update listener_block set position = 100 - position where writer_number = 2", Written),
        new("a block has no checksum", "update listener_block set chain = null where listener_id = 'bob' and block_number = 1", Written),
        new("a block's checksum is another", "update listener_block set chain = chain + 1 where listener_id = 'ann' and block_number = 5", Written),
        new("a block cannot be unpacked", "update listener_block set artwork_ids = x'0901' where listener_id = 'ann' and block_number = 1", "readable"),
        new("backfilled art is fresh again", "update listener_block set kind = 0 where listener_id = 'bob' and block_number = 2", Written),
        // Batches.
        new("a batch's id is another", $"update impression_batch set batch_id = x'00000000000070008000000000000001' where {Ann1} and batch_number = 1", Written),
        new("a batch's account is another", $"update impression_batch set account = account + 1 where {Ann1} and batch_number = 2", Written),
        new("a batch's account is gone", $"update impression_batch set account = null where {Ann1} and batch_number = 2", Written),
        new("a batch's report is another", $"update impression_batch set report = replace(report, '120', '121') where {Ann1} and batch_number = 1", Written),
        new("a batch's report is gone", $"update impression_batch set report = null where {Ann1} and batch_number = 1", Written),
        new("a batch's report is no JSON", $"update impression_batch set report = substr(report, 2) where {Ann1} and batch_number = 1", "readable"),
        new("a batch's time of arrival is another", $"update impression_batch set received_at = received_at + 1 where {Ann1} and batch_number = 2", Written),
        new("times of display are others", "update impression_batch set displayed_at = ids('1000,2000,3000,5000') where displayed_at is not null", Written),
        new("times of display are gone", "update impression_batch set displayed_at = null where displayed_at is not null", Written),
        new("an impression is another artwork's", $"update impression_batch set impressions = shown('6:6:0,7:7:0,8:9:0') where {Ann1} and batch_number = 2", Written),
        new("an impression has another number", $"update impression_batch set impressions = shown('6:6:0,7:7:0,9:8:0') where {Ann1} and batch_number = 2", Written),
        new("an impression is gone", $"update impression_batch set impressions = shown('6:6:0,7:7:0') where {Ann1} and batch_number = 2", Written),
        new("an impression is added", $"update impression_batch set impressions = shown('6:6:0,7:7:0,8:8:0,9:10:0') where {Ann1} and batch_number = 2", Written),
        new("an outcome is another", "update impression_batch set impressions = shown('1:9:0,2:40:0,3:50:3,4:1:2') where displayed_at is not null", Written),
        new("a recorded impression is a repeat", $"update impression_batch set impressions = shown('6:6:2,7:7:0,8:8:0') where {Ann1} and batch_number = 2", "views-tallied"),
        new("duplicates are others", $"update impression_batch set duplicates = 3 where {Ann1} and batch_number = 2", "counters-tallied"),
        new("the missing count is another", $"update impression_batch set missing_change = 3 where {Cyn1}", Written),
        new("a batch's network is another", $"update impression_batch set network = 8 where {Bob1} and batch_number = 1", Written),
        new("revisits are gone", "update impression_batch set revisits = null where revisits is not null", Written),
        new("a batch is of another session", $"update impression_batch set session_id = (select session_id from session where listener_id = 'guest'), batch_number = 2 where {Ann1} and batch_number = 2", Written),
        new("a batch is of no session", $"update impression_batch set session_id = x'019000000000700080000000000000dd' where {Cyn1}", "known"),
        new("a session's last batch is deleted", $"delete from impression_batch where {Ann1} and batch_number = 2", "positions-in-order"),
        new("a writer's last batch is deleted", "delete from impression_batch where writer_number = 2 and position = 2", Written),
        new("all batches of a writer are deleted", "delete from impression_batch where writer_number = 2", Written),
        new("a batch in the middle is deleted", $"delete from impression_batch where {Bob1} and batch_number = 1", "batches-in-order"),
        new("two batches exchange their places", "update impression_batch set position = 101 - position where writer_number = 1 and position in (1, 2); update impression_batch set position = position - 98 where writer_number = 1 and position > 90", Written),
        new("a batch is invented", "insert into impression_batch (session_id, batch_number, writer_number, position, batch_id, received_at, impressions, duplicates, missing_change) select session_id, 3, 2, 3, batch_id, received_at, shown('7:7:0'), 0, 0 from impression_batch where writer_number = 2 and position = 2", Written),
        new("a batch has no checksum", $"update impression_batch set chain = null where {Bob1} and batch_number = 2", Written),
        new("a batch's checksum is another", $"update impression_batch set chain = chain - 1 where {Bob1} and batch_number = 1", Written),
        new("a batch cannot be unpacked", $"update impression_batch set impressions = x'07' where {Bob1} and batch_number = 1", "readable"),
        new("all batches of a session are deleted", $"delete from impression_batch where {Cyn1}", "positions-in-order"),
        // Sessions.
        new("a session is another listener's", $"update session set listener_id = 'bob' where {Cyn1}", Written),
        new("a session's release is another", $"update session set release = 'other' where {Bob1}", Written),
        new("a session was opened at another time", $"update session set opened_at = opened_at + 1 where {Bob1}", Written),
        new("a session's end is another", $"update session set ended_at = ended_at + 1 where {Ann1}", Written),
        new("a session's last number is another", $"update session set last_number = 9 where {Ann1}", Written),
        new("a session's loss at its end is gone", $"update session set end_missing = null where {Cyn1}", Written),
        new("a session has not ended", $"update session set ended_at = null where {Ann1}", "notes-agree"),
        new("a session's grant is another's", $"update session set genome_grant = 77 where {Bob1}", Written),
        new("a session is deleted", $"delete from session where {Cyn1}", "known"),
        // The catalogue.
        new("a genome is another", "update artwork set genome = 'genome-77' where artwork_id = 20", Written),
        new("an artwork is in another pool", "update artwork set pool = 4 where artwork_id = 21", Written),
        new("an artwork's mood is another", "update artwork set valence = 0.41 where artwork_id = 22", Written),
        new("an artwork's energy is another", "update artwork set energy = energy + 0.0000001 where artwork_id = 22", Written),
        new("an artwork's title is another", "update artwork set title = 'Another' where artwork_id = 23", Written),
        new("an artwork's author is gone", "update artwork set author = null where artwork_id = 24", Written),
        new("an artwork's source is another", "update artwork set source = 'shelf' where artwork_id = 25", Written),
        new("an artwork's generator is another", "update artwork set generator = 'import' where artwork_id = 26", Written),
        new("an artwork's content is another", "update artwork set content_hash = 'content9' where artwork_id = 61", Written),
        new("a perceptual hash is another", "update artwork set perceptual_hash = 8 where artwork_id = 27", Written),
        new("an artwork was made at another time", "update artwork set created_at = created_at - 1 where artwork_id = 28", Written),
        new("two artworks exchange their ids", "update artwork set artwork_id = case artwork_id when 29 then 1029 else 29 end where artwork_id = 29; update artwork set artwork_id = 29 where artwork_id = 61; update artwork set artwork_id = 61 where artwork_id = 1029", Written),
        new("an artwork is not viewed", "update artwork set viewed_at = null where artwork_id = 2", "viewed-at"),
        new("an artwork was viewed earlier", "update artwork set viewed_at = viewed_at - 1 where artwork_id = 30", "viewed-at"),
        new("an artwork that nobody saw was viewed", "update artwork set viewed_at = 1790000000000 where artwork_id = 60", "viewed-at"),
        new("a served artwork is deleted", "delete from artwork where artwork_id = 12", "known"),
        // Writers, tallies and figures.
        new("a writer is deleted", "delete from ledger_writer where writer_number = 2", Written),
        new("a writer started at another time", "update ledger_writer set started_at = started_at + 1 where writer_number = 1", Written),
        new("a writer's end is another", "update ledger_writer set position = position - 1 where writer_number = 1", Written),
        new("a writer's checksum is another", "update ledger_writer set block_chain = block_chain + 1 where writer_number = 3", Written),
        new("a writer's end is gone", "update ledger_writer set chain = null where writer_number = 2", Written),
        new("a checkpoint is ahead", "update tally_checkpoint set position = position + 3 where writer_number = 2", "positions-in-order"),
        new("a checkpoint is behind", "update tally_checkpoint set position = position - 1 where writer_number = 2", "counters-tallied"),
        new("a checkpoint is gone", "delete from tally_checkpoint where writer_number = 1", "counters-tallied"),
        new("a page of views is gone", "delete from artwork_views", "views-tallied"),
        new("a view is added", "update artwork_views set views = substr(views, 1, 17) || x'02' || substr(views, 19)", "views-tallied"),
        new("an artwork was last viewed at another time", "update artwork_views set views = substr(views, 1, 25) || x'ff' || substr(views, 27)", "views-tallied"),
        new("a report lacks a part", $"update impression_batch set report = replace(report, 'DisplayMs', 'DisplayMt') where {Ann1} and batch_number = 1", "readable"),
        new("noted views are gone", "delete from noted_views", "views-tallied"),
        new("a byte of noted views is another", "update noted_views set views = substr(views, 1, 4) || x'ff' || substr(views, 6)", "readable"),
        new("recorded impressions are counted once more", "update release_counter set amount = amount + 1 where counter = 'ImpressionsRecorded'", "counters-tallied"),
        new("batches are counted once less", "update release_counter set amount = amount - 1 where counter = 'Batches'", "counters-tallied"),
        new("flickers are counted once more", "update release_counter set amount = amount + 1 where counter = 'FlickerSkips'", "counters-tallied"),
        new("times of display are counted elsewhere", "update release_counter set counter = 'display_5' where counter = 'display_2'", "counters-tallied"),
        new("an hour's counter is another hour's", "update release_counter set hour = hour + 3600000 where counter = 'BatchesAnswered'", "counters-tallied"),
        new("a counter is another release's", "update release_counter set release = 'r9' where counter = 'SessionRecorded'", "counters-tallied"),
        new("a counter is invented", "insert into release_counter select release, hour, 'HookMisses', 4 from release_counter limit 1", "counters-tallied"),
        new("a counter is gone", "delete from release_counter where counter = 'AwaitedAttempts'", "counters-tallied"),
        new("a minute counts more", "update release_minute set amount = amount + 1 where counter = 'Batches'", "counters-tallied"),
        new("art set aside is counted otherwise", "update session_art set set_aside = set_aside + 1 where writer_number = 1", "served-counted"),
        new("art given back is counted otherwise", "update session_art set given_back = given_back - 1 where given_back > 0", "served-counted"),
        new("art that cannot have been shown is counted otherwise", "update session_art set unserved = unserved + 1 where unserved > 0", "served-counted"),
        new("a session's end leaves another count never shown", "update session set end_unshown = end_unshown + 1 where end_unshown > 0", "served-counted"),
        new("the count of art is gone", "delete from session_art", "served-counted"),
        // Joinings, what listeners keep, snapshots and notes.
        new("a guest joined another account", "update listener_alias set account = 'bob'", Written),
        new("a guest joined at another time", "update listener_alias set joined_at = joined_at + 1", Written),
        new("a joining is gone", "delete from listener_alias", "joined-whole"),
        new("a kept artwork is another", "update kept_artwork set artwork_id = 2 where artwork_id = 40", Written),
        new("an artwork is kept since another time", "update kept_artwork set kept_at = kept_at + 1 where artwork_id = 1", Written),
        new("an artwork is kept by another", "update kept_artwork set listener_id = 'cyn' where artwork_id = 1", Written),
        new("an act of an operator is another", "update operator_audit set detail = 'nothing' where what = 'switch-delivery'", Written),
        new("an act is another operator's", "update operator_audit set actor = 'bob' where what = 'strike-claims'", Written),
        new("a snapshot covers another block", "update listener_snapshot set block_number = block_number + 1 where listener_id = 'ann' and slot = 0", Written),
        new("a snapshot says something else", "update listener_snapshot set state = (select s.state from listener_snapshot s where s.listener_id = 'ann' and s.slot = 1) where listener_id = 'ann' and slot = 0", Written),
        new("a snapshot is another listener's", "update listener_snapshot set listener_id = 'bob' where slot = 0", Written),
        new("a snapshot ends with another row", "update listener_snapshot set last_row = last_row + 1 where slot = 1", Written),
        new("a snapshot is of another time", "update listener_snapshot set saved_at = saved_at + 1 where slot = 0", Written),
        new("two snapshots exchange their slots", "update listener_snapshot set block_number = case slot when 0 then 5 else 3 end", Written),
        new("blocks that a snapshot covers are gone", "delete from listener_block where listener_id = 'ann' and block_number < 4", Written),
        new("a policy was set by nobody", "update release_policy set changed_at = changed_at + 1", "notes-agree"),
        new("a release is known since another time", "update release_known set known_at = known_at + 1", "notes-agree"),
        new("a failure is over before it began", "update release_failure set recovered_at = failed_at - 1", "notes-agree"),
        new("a strike is somebody's whom nobody struck", "update claim_strike set struck_at = struck_at + 1", "notes-agree"),
        new("the key of erasures is another", "update erasure_key set secret = x'01'", "notes-agree"),
        new("an artwork that does not exist is withdrawn", "insert into withdrawal (artwork_id, change, withdrawn, changed_at, reason) values (999999, 99, 1, 1790000000000, 'by hand')", "notes-agree"),
        new("an artwork that does not exist looks like another", "insert into alike_artwork (change, artwork_id, earlier_id) values (99, 999999, 1)", "notes-agree"),
        new("an artwork looks like a later one", "insert into alike_artwork (change, artwork_id, earlier_id) values (99, 1, 2)", "notes-agree"),
        new("a block to end does not exist", "update block_ending set block_number = 99", "notes-agree"),
        new("an epoch's floor is another", "update ledger_epoch set floor = floor + 1", Written),
        new("an epoch is said to have lost nothing", "update ledger_epoch set lost_nothing = 1 - lost_nothing", Written),
        new("the last epoch is gone", "delete from ledger_epoch where epoch = (select max(epoch) from ledger_epoch)", "notes-agree"),
        new("an open session has ended", $"update session set ended_at = opened_at + 1 where {Bob1}", "notes-agree"),
        new("a session has no checksum", $"update session set checksum = null where {Bob1}", "notes-agree"),
        new("art is kept that nobody was served", "insert into kept_artwork (listener_id, artwork_id, kept_at) values ('bob', 59, 1790000000000)", "notes-agree"),
        new("an act without a checksum is in the audit", "update operator_audit set checksum = null where what = 'know-release'", "notes-agree"),
        new("another key of erasures", "update erasure_key set secret = x'0102030405060708010203040506070801020304050607080102030405060708'", Written),
        new("a month is said to be dropped", "insert into dropped_month (first_at) select max(opened_at) from session", "notes-agree"),
        new("a writer reads no snapshots", "update ledger_writer set reads_snapshots = null where writer_number = 1", "notes-agree"),
        new("views were noted at another time", "update noted_views set noted_at = noted_at + 1", "views-tallied"),
        new("noted views touch more pages", "update noted_views set pages = pages + 1", "views-tallied"),
        new("a network claims more than its batches", "update release_network set counts = x'01077f007f000000'", "counters-tallied"),
        new("claims of networks are cut off", "update release_network set counts = x'010b01000100000000'", "readable"),
        new("a network claims in another minute", "update release_network set minute = minute + 60000 * 60", "counters-tallied"),
        new("an index is dropped", "drop index session_art_by_hour", "schema-whole"),
        new("a table is dropped", "drop table retention_turn", "schema-whole"),
        new("a script of the schema is missing", "delete from schema_version where version = 7", "notes-agree"),
    ];

    /// <summary>Of snapshots, which PostgreSQL has in Orleans' own table.</summary>
    private static readonly Damage[] OfSnapshots =
    [
        new("a snapshot is another", "update grain_state set payload = x'01020305' where grain_key = 'listener/ann'", Written),
        new("two snapshots are exchanged", "update grain_state set payload = case grain_key when 'listener/ann' then x'05060708' else x'01020304' end", Written),
        new("a snapshot's version is another", "update grain_state set version = version + 1 where grain_key = 'listener/bob'", Written),
    ];

    /// <summary>Of what SQLite alone has.</summary>
    public static readonly Damage[] OfSqlite =
    [
        .. OfSnapshots,
        new("a grant of seeds is gone that nobody was given", "update genome_grant_gone set genome_grant = 99", "notes-agree"),
        new("a trigger is dropped", "drop trigger session_gone", "schema-whole"),
    ];

    /// <summary>Of what PostgreSQL alone has.</summary>
    public static readonly Damage[] OfPostgres =
    [
        new("a primary key is dropped", "alter table ledger_epoch drop constraint ledger_epoch_pkey", "schema-whole"),
        new("a unique key is dropped", "alter table erasure drop constraint erasure_proof_key", "schema-whole"),
        new("a trigger is dropped", "drop trigger listener_block_closed on listener_block", "schema-whole"),
        new("a trigger is disabled", "alter table ledger_writer disable trigger ledger_writer_closed", "schema-whole"),
        new("a function is another", "create or replace function refuse_closed_log() returns trigger language plpgsql as $$ begin return new; end $$", "schema-whole"),
        new("a column may be null", "alter table artwork alter column created_at drop not null", "schema-whole"),
    ];
}
