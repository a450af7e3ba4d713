-- Two snapshots of a listener's log, each all that the log says up to a block. They are as much the truth as the log: the blocks before the older one may be dropped. state is
-- packed; last_row tells the row of that block from another of its number.
create table listener_snapshot (
  listener_id  text    not null,
  slot         integer not null check (slot in (0, 1)),
  block_number bigint  not null,
  last_row     bigint  not null,
  state        bytea   not null,
  saved_at     bigint  not null,
  checksum     bigint  not null,
  primary key (listener_id, slot)
);
alter table listener_snapshot alter column state set storage external;

-- The release before erases a listener without the snapshots: they go with the listener's name.
create function erase_snapshots() returns trigger language plpgsql as $$
begin
  delete from listener_snapshot where listener_id = old.listener_id;
  return null;
end
$$;
create trigger erasure_of_snapshots after update of listener_id on erasure
for each row when (old.listener_id is not null and new.listener_id is null) execute function erase_snapshots();

-- Months whose blocks were dropped, or are being dropped, by the first millisecond after them.
create table dropped_block_month (
  ended_at bigint primary key,
  done_at  bigint
);

-- As in erased_batch: a row with a first position stands for all from there on, which were dropped.
alter table erased_block add column first_position bigint;

-- 1 for a writer of a release that reads snapshots. To one before, what is left of a log whose first blocks are dropped would be all of it: it writes to no such log.
alter table ledger_writer add column reads_snapshots integer;
create or replace function refuse_closed_log() returns trigger language plpgsql as $$
begin
  if exists (select from listener_alias where guest = new.listener_id) then
    raise exception 'The log is closed.' using errcode = 'unique_violation';
  end if;
  if exists (select from dropped_block_month) and new.block_number > 1
    and not exists (select from ledger_writer where writer_number = new.writer_number and reads_snapshots is not null)
    and not exists (select from listener_block where listener_id = new.listener_id and block_number = 1) then
    raise exception 'Blocks of the log are dropped, and the writer reads no snapshots.' using errcode = 'unique_violation';
  end if;
  return new;
end
$$;
