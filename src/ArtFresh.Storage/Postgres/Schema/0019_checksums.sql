-- Each row's checksum is made of the row and of the checksum of the row before it of the same writer. Null of rows that a release without checksums wrote.
alter table impression_batch add column chain bigint;
alter table listener_block add column writer_number bigint;
alter table listener_block add column position bigint;
alter table listener_block add column chain bigint;
create index listener_block_by_position on listener_block (writer_number, position) where writer_number is not null;

-- The ends of a writer's chains, written with each commit. Null where it has none.
alter table ledger_writer add column position bigint;
alter table ledger_writer add column chain bigint;
alter table ledger_writer add column block_position bigint;
alter table ledger_writer add column block_chain bigint;

-- What is left of erased rows and dropped months: the checksum, without the content. A row with a first position stands for all from there on.
alter table erased_batch add column first_position bigint;
alter table erased_batch add column chain bigint;
create table erased_block (
  writer_number bigint not null,
  position      bigint not null,
  chain         bigint,
  primary key (writer_number, position)
);

-- Checksums of rows outside of the chains; of a session, one of its opening and one of its end.
alter table session add column checksum bigint;
alter table session add column end_checksum bigint;
alter table artwork add column checksum bigint;
alter table listener_alias add column checksum bigint;
alter table kept_artwork add column checksum bigint;
alter table operator_audit add column checksum bigint;
