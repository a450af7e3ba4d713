-- Each row's checksum is made of the row and of the checksum of the row before it of the same writer. Null of rows that a release without checksums wrote.
alter table impression_batch add column chain integer;
alter table listener_block add column writer_number integer;
alter table listener_block add column position integer;
alter table listener_block add column chain integer;
create index listener_block_by_position on listener_block (writer_number, position) where writer_number is not null;

-- The ends of a writer's chains, written with each commit. Null where it has none.
alter table ledger_writer add column position integer;
alter table ledger_writer add column chain integer;
alter table ledger_writer add column block_position integer;
alter table ledger_writer add column block_chain integer;

-- What is left of erased rows and dropped months: the checksum, without the content. A row with a first position stands for all from there on.
alter table erased_batch add column first_position integer;
alter table erased_batch add column chain integer;
create table erased_block (
  writer_number integer not null,
  position      integer not null,
  chain         integer,
  primary key (writer_number, position)
) without rowid;

-- Checksums of rows outside of the chains; of a session, one of its opening and one of its end.
alter table session add column checksum integer;
alter table session add column end_checksum integer;
alter table artwork add column checksum integer;
alter table listener_alias add column checksum integer;
alter table kept_artwork add column checksum integer;
alter table operator_audit add column checksum integer;
alter table grain_state add column checksum integer;
