-- Two snapshots of a listener's log, each all that the log says up to a block. They are as much the truth as the log: the blocks before the older one may be dropped. state is
-- packed; last_row tells the row of that block from another of its number.
create table listener_snapshot (
  listener_id  text    not null,
  slot         integer not null check (slot in (0, 1)),
  block_number integer not null,
  last_row     integer not null,
  state        blob    not null,
  saved_at     integer not null,
  checksum     integer not null,
  primary key (listener_id, slot)
);

-- The release before erases a listener without the snapshots: they go with the listener's name.
create trigger erasure_of_snapshots after update of listener_id on erasure
when old.listener_id is not null and new.listener_id is null
begin
  delete from listener_snapshot where listener_id = old.listener_id;
end;

-- Months whose blocks were dropped, or are being dropped, by the first millisecond after them.
create table dropped_block_month (
  ended_at integer primary key,
  done_at  integer
);

-- As in erased_batch: a row with a first position stands for all from there on, which were dropped.
alter table erased_block add column first_position integer;

-- 1 for a writer of a release that reads snapshots. To one before, what is left of a log whose first blocks are dropped would be all of it: it writes to no such log.
alter table ledger_writer add column reads_snapshots integer;
create trigger listener_block_dropped before insert on listener_block
when exists (select 1 from dropped_block_month) and new.block_number > 1
  and not exists (select 1 from ledger_writer where writer_number = new.writer_number and reads_snapshots is not null)
  and not exists (select 1 from listener_block where listener_id = new.listener_id and block_number = 1)
begin
  select raise(ignore);
end;
